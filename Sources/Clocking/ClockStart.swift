// SPDX-License-Identifier: MIT
package import DaemonConfiguration
package import LinuxIO
internal import MediaClock

extension DeviceClock {
  /// The clock without a grandmaster: this host's UTC as PTP time, or the slowed clock of a test.
  package init(starting configuration: Configuration.Clock, at sample: TimeSample) {
    if !configuration.isSimulated {
      self = .freeRunning(from: sample.monotonic, at: sample.ptp, rate: .hz48000)
    } else {
      self = .anchored(
        at: configuration.anchor ?? sample.monotonic, from: sample.monotonic, rate: .hz48000,
        divisor: configuration.rateDivisor)
    }
  }
}
