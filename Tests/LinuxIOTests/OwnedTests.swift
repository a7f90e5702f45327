// SPDX-License-Identifier: MIT
import LinuxIO
import Synchronization
import Testing

@Suite("Owned: noncopyable values in copyable places")
struct OwnedTests {
  private struct Token: ~Copyable, Sendable {
    let number: Int
    let ends: Ends
    deinit { ends.count.add(1, ordering: .relaxed) }
  }

  private final class Ends: Sendable {
    let count = Atomic<Int>(0)
  }

  @Test("An array holds owned values, and each is destroyed once, with its last holder")
  func inArrays() {
    let ends = Ends()
    var tokens = (0..<3).map { Owned(Token(number: $0, ends: ends)) }
    let kept = tokens[1]
    #expect(tokens.map { $0.value.number } == [0, 1, 2])
    tokens.removeAll()
    #expect(ends.count.load(ordering: .relaxed) == 2)
    #expect(kept.value.number == 1)
  }

  @Test("A thread can hold an owned value")
  func intoThreads() throws {
    let ends = Ends()
    do {
      let token = Owned(Token(number: 7, ends: ends))
      let thread = try RealTimeThread(name: "test", priority: 0) {
        if token.value.number == 7 { token.value.ends.count.add(10, ordering: .relaxed) }
      }
      thread.join()
    }
    #expect(ends.count.load(ordering: .relaxed) == 11)
  }

  @Test("A thread that takes over a value destroys it")
  func handedOver() throws {
    let ends = Ends()
    let handover = Handover(Token(number: 7, ends: ends))
    let thread = try RealTimeThread(name: "test", priority: 0) {
      let token = handover.take()
      if token.number == 7, token.ends.count.load(ordering: .relaxed) == 0 {
        token.ends.count.add(10, ordering: .relaxed)
      }
    }
    thread.join()
    #expect(ends.count.load(ordering: .relaxed) == 11)
  }

  @Test("A handover can be taken only once")
  func takenOnce() async {
    await #expect(processExitsWith: .failure) {
      let handover = Handover(Token(number: 7, ends: Ends()))
      _ = handover.take()
      _ = handover.take()
    }
  }
}
