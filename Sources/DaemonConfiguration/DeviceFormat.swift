// SPDX-License-Identifier: MIT
package import MediaClock

extension DeviceFormat {
  /// The maximum number of streams in each direction.
  package static let streams = 64
}
