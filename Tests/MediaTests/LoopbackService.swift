// SPDX-License-Identifier: MIT
import CapturedLog
import LinuxIO
import Logging
import MediaClock

@testable import DaemonConfiguration
@testable import Device
@testable import Media

/// Returns a service that does not run yet, with all streams of `configuration`. Their ids count from 1,
/// senders first.
///
/// Its clock runs at a fiftieth of real time, so that a machine that delays a test by ten seconds causes no
/// fault of a stream.
func makeService(
  _ configuration: Configuration
) throws -> (service: StreamService, device: DeviceMemory) {
  let sample = TimeSample.take()
  let device = try DeviceMemory(
    minimumPeriod: 64, timing: StreamTiming(configuration.senders), born: sample.monotonic)
  device.publish(
    DeviceClock.anchored(
      at: sample.monotonic, from: sample.monotonic, rate: .hz48000, divisor: 50))
  let senders = configuration.senders.enumerated().map { (StreamID($0 + 1), $1) }
  let receivers = configuration.receivers.enumerated().map {
    (StreamID($0 + 1 + senders.count), $1)
  }
  let service = try StreamService(
    configuration, senders: senders, receivers: receivers, device: device,
    clockObstacle: { nil }, logger: Logger(label: "test") { _ in LogLines() })
  return (service, device)
}
