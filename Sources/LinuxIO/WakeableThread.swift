// SPDX-License-Identifier: MIT
internal import Synchronization

/// A thread that runs until it is asked to stop, which also wakes it from any wait.
///
/// The body checks ``isStopping`` in its loop, and waits for ``stopDescriptor`` among its descriptors. The
/// starter must stop the thread, which keeps this object while it runs.
public final class WakeableThread: Sendable {
  public let name: String
  private let priority: Int32
  private let stackBytes: Int
  private let wakeUp: WakeUp
  private let isAsked = Atomic<Bool>(false)
  private let end: WakeUp
  private let hasEnded = Atomic<Bool>(false)
  private let isStarted = Atomic<Bool>(false)
  /// The first waiter joins the thread, and the others wait for ``end``, so that nobody holds a lock for so
  /// long.
  private let isJoined = Atomic<Bool>(false)
  private let thread = Mutex<RealTimeThread?>(nil)

  /// Prepares the thread, which does not run yet.
  ///
  /// - Parameters:
  ///   - name: the name in `top -H`; 15 bytes at most.
  ///   - priority: the SCHED_FIFO priority, 1 to 98; 0 for ordinary scheduling.
  ///   - stackBytes: as for ``RealTimeThread``.
  /// - Throws: `EMFILE` or `ENFILE` if no descriptor is free.
  public init(
    name: String, priority: Int32 = 0, stackBytes: Int = RealTimeThread.defaultStackBytes
  ) throws(SystemError) {
    self.name = name
    self.priority = priority
    self.stackBytes = stackBytes
    wakeUp = try WakeUp()
    end = try WakeUp()
  }

  /// Runs `body` on the thread, which gets this object. May be called once.
  ///
  /// - Returns: the scheduling by the kernel.
  @discardableResult
  public func start(
    _ body: @escaping @Sendable (WakeableThread) -> Void
  ) throws(SystemError) -> RealTimeThread.Scheduling {
    try thread.withLock { (thread) throws(SystemError) in
      precondition(thread == nil, "thread \(name) was started twice")
      let started = try RealTimeThread(
        name: name, priority: priority, stackBytes: stackBytes
      ) { [self] in
        body(self)
        hasEnded.store(true, ordering: .releasing)
        end.signal()
      }
      thread = started
      isStarted.store(true, ordering: .releasing)
      return started.scheduling
    }
  }

  /// True once the thread was asked to stop.
  public var isStopping: Bool {
    @_noLocks @_noAllocation
    get { isAsked.load(ordering: .acquiring) }
  }

  /// Readable once the thread was asked to stop.
  public var stopDescriptor: Int32 { wakeUp.descriptor }

  /// Asks the thread to stop and does not wait; for several threads that must end together. From any thread.
  public func requestStop() {
    isAsked.store(true, ordering: .releasing)
    wakeUp.signal()
  }

  /// Asks the thread to stop and waits for its end. From any other thread, any number of times, and also if it
  /// was not started.
  public func stop() {
    requestStop()
    guard isStarted.load(ordering: .acquiring) else { return }
    if isJoined.exchange(true, ordering: .acquiringAndReleasing) {
      waitForEnd()
    } else {
      thread.withLock { $0 }?.join()
    }
  }

  private func waitForEnd() {
    var waits = WaitSet()
    waits.add(end.descriptor)
    while !hasEnded.load(ordering: .acquiring) { waits.wait(milliseconds: nil) }
  }
}
