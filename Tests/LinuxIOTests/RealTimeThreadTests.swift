// SPDX-License-Identifier: MIT
import Glibc
import LinuxIO
import Synchronization
import Testing

import struct SystemPackage.Errno

@Suite struct RealTimeThreadTests {
  @Test func runsItsBodyOnceAndIsJoined() throws {
    let counter = Counter()
    let thread = try RealTimeThread(name: "test", priority: 0) {
      counter.runs.add(1, ordering: .relaxed)
    }
    thread.join()
    #expect(thread.scheduling == .ordinary)
    #expect(counter.runs.load(ordering: .relaxed) == 1)
  }

  @Test func reportsFIFOOrTheRefusal() throws {
    let seen = Counter()
    let thread = try RealTimeThread(name: "test", priority: 10) {
      seen.runs.store(Int(sched_getscheduler(0)), ordering: .relaxed)
    }
    thread.join()
    switch thread.scheduling {
    case .fifo(let priority):
      #expect(priority == 10)
      #expect(seen.runs.load(ordering: .relaxed) == Int(SCHED_FIFO))
    case .refused(_, let error): #expect(error.code == .notPermitted)
    case .ordinary: Issue.record("a priority was asked for")
    }
  }

  private final class Counter: Sendable {
    let runs = Atomic<Int>(0)
  }
}
