// SPDX-License-Identifier: MIT
import CapturedLog
import LinuxIO
import Logging
import MediaClock

@testable import DaemonConfiguration
@testable import Device
@testable import Media

/// The service with all streams of `configuration`, senders first, whose ids count from 1. It does not run yet.
///
/// Its clock goes at a fiftieth of real time, so that a machine which keeps a test from looking for ten seconds is no
/// fault of the streams.
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
