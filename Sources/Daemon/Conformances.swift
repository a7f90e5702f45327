// SPDX-License-Identifier: MIT
package import Control
internal import DaemonConfiguration
internal import Discovery
internal import Media

// What a room asks of another it says as a protocol of its own; here they meet.

extension StreamService: AnnouncedStreams {}
extension StreamService: ControlledStreams {}
extension StateStore: StateStorage {}
extension ConfigurationManager: ControlledConfiguration {}

extension StreamChangeError: StreamChangeRefusal {
  package var cause: StreamChangeRefusalCause {
    switch self {
    case .unknown: .unknownStream
    case .full: .full
    case .invalid(let problem): .invalid(keys: problem.keys)
    case .stopping: .stopping
    }
  }
}
