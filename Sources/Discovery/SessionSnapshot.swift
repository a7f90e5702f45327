// SPDX-License-Identifier: MIT
internal import ControlAPI
internal import Synchronization

/// The sessions as the sessions thread saw them last, for other threads; and their request that it stop.
final class SessionSnapshot: Sendable {
  private let latest = Mutex(SessionsStatus())
  private let stopped = Atomic<Bool>(false)

  var isStopped: Bool { stopped.load(ordering: .relaxed) }
  func stop() { stopped.store(true, ordering: .relaxed) }

  /// Every session that is announced, ours among them.
  var status: SessionsStatus { latest.withLock(\.self) }
  func update(_ status: SessionsStatus) { latest.withLock { $0 = status } }
}
