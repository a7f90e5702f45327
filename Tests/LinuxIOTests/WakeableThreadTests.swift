// SPDX-License-Identifier: MIT
import LinuxIO
import Synchronization
import Testing

@Suite("WakeableThread: threads that stop on request")
struct WakeableThreadTests {
  private final class Counter: Sendable {
    let begun = Atomic<Int>(0)
    let ended = Atomic<Int>(0)
  }

  /// A body that waits without timeout for the stop descriptor, as those of the daemon's threads do.
  private static func body(_ counter: Counter) -> @Sendable (WakeableThread) -> Void {
    { thread in
      counter.begun.add(1, ordering: .relaxed)
      var waits = WaitSet()
      waits.add(thread.stopDescriptor)
      while !thread.isStopping { waits.wait(milliseconds: nil) }
      counter.ended.add(1, ordering: .relaxed)
    }
  }

  @Test("A thread that waits without timeout is woken, ends once, and is joined")
  func stops() throws {
    let counter = Counter()
    let thread = try WakeableThread(name: "test")
    #expect(!thread.isStopping)
    let scheduling = try thread.start(Self.body(counter))
    #expect(scheduling == .ordinary)
    thread.stop()
    #expect(thread.isStopping)
    #expect(counter.begun.load(ordering: .relaxed) == 1)
    #expect(counter.ended.load(ordering: .relaxed) == 1)
    thread.stop()
    #expect(counter.ended.load(ordering: .relaxed) == 1)
  }

  @Test("A thread that was asked to stop before its start ends at once")
  func stopsBeforeStart() throws {
    let counter = Counter()
    let thread = try WakeableThread(name: "test")
    thread.requestStop()
    try thread.start(Self.body(counter))
    thread.stop()
    #expect(counter.ended.load(ordering: .relaxed) == 1)
  }

  @Test("Stopping a thread that was not started does not wait")
  func neverStarted() throws {
    let thread = try WakeableThread(name: "test")
    thread.stop()
    #expect(thread.isStopping)
  }

  @Test("Each of several concurrent calls of stop returns after the end of the thread")
  func stopsFromManyThreads() async throws {
    for _ in 0..<20 {
      let counter = Counter()
      let thread = try WakeableThread(name: "test")
      try thread.start(Self.body(counter))
      let ends = await withTaskGroup(of: Int.self) { group in
        for _ in 0..<4 {
          group.addTask {
            thread.stop()
            return counter.ended.load(ordering: .relaxed)
          }
        }
        return await group.reduce(into: []) { $0.append($1) }
      }
      #expect(ends == [1, 1, 1, 1])
    }
  }

  @Test("Several threads can be asked to stop before they are joined")
  func asksFirst() throws {
    let counter = Counter()
    let threads = try (0..<4).map { try WakeableThread(name: "test \($0)") }
    for thread in threads { try thread.start(Self.body(counter)) }
    for thread in threads { thread.requestStop() }
    for thread in threads { thread.stop() }
    #expect(counter.ended.load(ordering: .relaxed) == 4)
  }

  @Test("The thread has the given name and priority")
  func properties() throws {
    final class Box: Sendable {
      let name = Mutex("")
    }
    let box = Box()
    let thread = try WakeableThread(name: "named", priority: 10)
    let scheduling = try thread.start { thread in box.name.withLock { $0 = thread.name } }
    thread.stop()
    #expect(box.name.withLock { $0 } == "named")
    #expect(scheduling != .ordinary)
  }

  @Test("A second start ends the program")
  func startsOnce() async {
    await #expect(processExitsWith: .failure) {
      let thread = try WakeableThread(name: "test")
      try thread.start { _ in }
      try thread.start { _ in }
    }
  }
}
