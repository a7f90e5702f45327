// SPDX-License-Identifier: MIT
package import ControlAPI
internal import MediaClock
package import PTP
internal import RealTime
internal import Synchronization

/// What the ptp thread tells the rest of the daemon.
package final class PTPReport: Sendable {
  private struct Heard {
    var grandmaster: Grandmaster?
    var listeners: [Int: AsyncStream<Grandmaster?>.Continuation] = [:]
    var nextListener = 0
  }

  private let stopped = Atomic<Bool>(false)
  private let settled: Atomic<Bool>
  private let latest = Mutex<PTPStatus?>(nil)
  /// How often the thread has come around; it does so at least once a second.
  let rounds = Counter()
  private let heard = Mutex(Heard())

  /// - Parameter settled: true where no clock is to be waited for.
  init(settled: Bool) { self.settled = Atomic(settled) }

  var isStopped: Bool { stopped.load(ordering: .relaxed) }
  func stop() { stopped.store(true, ordering: .relaxed) }

  /// True if senders may start: the clock is locked, elected, or nobody's. Once true, it stays.
  package var isSettled: Bool { settled.load(ordering: .relaxed) }

  func settle() { settled.store(true, ordering: .relaxed) }

  func published(_ clock: DeviceClock) {
    if clock.state == .locked || clock.state == .grandmaster { settle() }
  }

  package var status: PTPStatus? { latest.withLock(\.self) }
  func update(_ status: PTPStatus) { latest.withLock { $0 = status } }

  private let latestExternal = Mutex<ExternalClockStatus?>(nil)
  /// Of the clock that another program keeps.
  package var external: ExternalClockStatus? { latestExternal.withLock(\.self) }
  func update(_ status: ExternalClockStatus) { latestExternal.withLock { $0 = status } }

  private let latestHost = Mutex<HostClock?>(nil)
  /// What we would say of our time as grandmaster.
  package var host: HostClock? { latestHost.withLock(\.self) }
  func update(_ host: HostClock) { latestHost.withLock { $0 = host } }

  // MARK: Grandmaster

  /// Nil while PTP is off, or has elected nobody yet.
  package var grandmaster: Grandmaster? { heard.withLock(\.grandmaster) }

  /// The grandmaster now, and then each other one as soon as it is elected. Who is slow misses those in
  /// between and gets the latest.
  func grandmasters() -> AsyncStream<Grandmaster?> {
    let (stream, continuation) = AsyncStream.makeStream(
      of: Grandmaster?.self, bufferingPolicy: .bufferingNewest(1))
    let number = heard.withLock { heard in
      heard.nextListener += 1
      heard.listeners[heard.nextListener] = continuation
      continuation.yield(heard.grandmaster)
      return heard.nextListener
    }
    continuation.onTermination = { [weak self] _ in
      self?.heard.withLock { _ = $0.listeners.removeValue(forKey: number) }
    }
    return stream
  }

  func elected(_ grandmaster: Grandmaster) {
    heard.withLock { heard in
      guard heard.grandmaster != grandmaster else { return }
      heard.grandmaster = grandmaster
      for listener in heard.listeners.values { listener.yield(grandmaster) }
    }
  }
}
