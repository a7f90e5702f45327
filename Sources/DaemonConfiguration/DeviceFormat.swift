// SPDX-License-Identifier: MIT
package import MediaClock

extension DeviceFormat {
  /// Streams each way, at most.
  package static let streams = 64
}
