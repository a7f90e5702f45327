// SPDX-License-Identifier: MIT
package import MediaClock

/// The one format of the device: every stream is measured against it.
package enum DeviceFormat {
  /// Each way.
  package static let channels = 64
  package static let rate = SampleRate.hz48000
  /// Streams each way.
  package static let streams = 64
}
