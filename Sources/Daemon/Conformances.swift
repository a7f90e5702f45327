// SPDX-License-Identifier: MIT
package import Control
internal import DaemonConfiguration
internal import Discovery
internal import Media

// What a room asks of another it says as a protocol of its own; here they meet.

extension StreamService: AnnouncedStreams {}
extension StreamService: ControlledStreams {}
extension StateStore: StateStorage {}
extension ConfigurationKeeper: ControlledConfiguration {}

extension StreamChangeError: StreamChangeRefusal {
  package var cause: StreamChangeRefusalCause {
    switch self {
    case .unknown: .unknownStream
    case .full: .full
    case .wrong(let problem): .invalid(keys: problem.keys)
    case .stopping: .stopping
    }
  }
}
