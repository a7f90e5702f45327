// SPDX-License-Identifier: MIT
internal import Synchronization

/// A thread that works until it is told to stop, and is woken then from whatever it waits for.
///
/// The body asks ``isStopping`` in its loop and puts ``stopDescriptor`` among the descriptors it waits for.
/// Whoever starts the thread must stop it: while it runs it keeps this object.
public final class WakeableThread: Sendable {
  public let name: String
  private let priority: Int32
  private let stackBytes: Int
  private let wakeUp: WakeUp
  private let isAsked = Atomic<Bool>(false)
  private let end: WakeUp
  private let hasEnded = Atomic<Bool>(false)
  private let isStarted = Atomic<Bool>(false)
  /// The first that waits for the end joins the thread, the others wait for ``end``: nobody holds a lock so long.
  private let isJoined = Atomic<Bool>(false)
  private let thread = Mutex<RealTimeThread?>(nil)

  /// Prepares the thread, which does not run yet.
  ///
  /// - Parameters:
  ///   - name: What `top -H` shows; 15 bytes at most.
  ///   - priority: SCHED_FIFO priority, 1 to 98; 0 for ordinary scheduling.
  ///   - stackBytes: As ``RealTimeThread`` takes it.
  /// - Throws: `EMFILE` or `ENFILE` when there is no descriptor left.
  public init(
    name: String, priority: Int32 = 0, stackBytes: Int = RealTimeThread.defaultStackBytes
  ) throws(SystemError) {
    self.name = name
    self.priority = priority
    self.stackBytes = stackBytes
    wakeUp = try WakeUp()
    end = try WakeUp()
  }

  /// Runs `body` on the thread, which gets this object. To be called once.
  ///
  /// - Returns: how the kernel schedules it.
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

  /// True from the moment somebody asked the thread to stop.
  public var isStopping: Bool {
    @_noLocks @_noAllocation
    get { isAsked.load(ordering: .acquiring) }
  }

  /// Readable from the moment somebody asked the thread to stop.
  public var stopDescriptor: Int32 { wakeUp.descriptor }

  /// Asks the thread to stop and does not wait: for several threads that shall end at once. From any thread.
  public func requestStop() {
    isAsked.store(true, ordering: .releasing)
    wakeUp.signal()
  }

  /// Asks the thread to stop and waits for its end. From any thread but itself, any number of times, and also
  /// when it was not started.
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
