// SPDX-License-Identifier: MIT
import CapturedLog
import DaemonConfiguration
import Device
import LinuxIO
import Logging
import MediaClock
import ParsedConfiguration
import ServiceLifecycle
import Synchronization
import Testing
import Turns

@testable import Clocking

/// The clock service while its ptp thread hangs.
///
/// The thread hangs in the log handler, where it reports that the hardware clock does not exist.
@Suite struct ClockServiceTests {
  /// A log handler that blocks the writer of a warning until ``isFree`` is set.
  private final class StuckLog: LogHandler {
    let isReached = Atomic<Bool>(false)
    let isFree = Atomic<Bool>(false)
    var logLevel: Logger.Level {
      get { .info }
      set {}
    }
    var metadata: Logger.Metadata {
      get { [:] }
      set {}
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
      get { nil }
      set {}
    }

    func log(event: LogEvent) {
      guard event.level >= .warning else { return }
      isReached.store(true, ordering: .releasing)
      while !isFree.load(ordering: .acquiring) {
        MonotonicClock.sleep(until: MonotonicClock.now + .milliseconds(1))
      }
    }
  }

  /// The thread names that the reader has found; nil before.
  private final class Seen: Sendable {
    let threads = Mutex<[String]?>(nil)
  }

  /// Readers of the source and the progress do not wait for the ptp thread, so that the supervision can name
  /// the thread before the watchdog acts.
  @Test func sourceAndProgressAreReadableWhileAChangeWaits() async throws {
    let stuck = StuckLog()
    let first = try Configuration(parsing: "clock: { source: \"phc:/nonexistent\" }")
    let next = try Configuration(parsing: "ptp: { mode: \"off\" }")
    let device = try DeviceMemory(minimumPeriod: 64, born: MonotonicClock.now)
    device.publish(DeviceClock(starting: first.clock, at: TimeSample.take()))
    let service = ClockService(
      first, device: device, directory: "/nonexistent", log: Logger(label: "test") { _ in stuck })
    let group = ServiceGroup(
      services: [service], logger: Logger(label: "test") { _ in LogLines() })
    async let running: Void = group.run()
    #expect(try await wait { stuck.isReached.load(ordering: .acquiring) })

    let seen = Seen()
    let changer = try RealTimeThread(name: "changer", priority: 0) { service.apply(next) }
    let reader = try RealTimeThread(name: "reader", priority: 0) {
      while service.source != .ptp {
        MonotonicClock.sleep(until: MonotonicClock.now + .milliseconds(1))
      }
      let threads = service.progress.map(\.thread)
      seen.threads.withLock { $0 = threads }
    }
    let hasRead = try await wait { seen.threads.withLock { $0 != nil } }
    #expect(hasRead && seen.threads.withLock(\.self) == ["ptp"])

    stuck.isFree.store(true, ordering: .releasing)
    changer.join()
    reader.join()
    #expect(service.progress.isEmpty)
    await group.triggerGracefulShutdown()
    try await running
  }
}
