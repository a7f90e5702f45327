// SPDX-License-Identifier: MIT
import Addressing
import LinuxIO
import MediaClock
import Testing

@testable import Media

private func at(_ seconds: Double) -> MonotonicInstant {
  MonotonicInstant(nanoseconds: Int64(seconds * 1e9))
}

@Suite("FarSide: a unicast stream and its receiver (SND-04)")
struct FarSideTests {
  private static let address = IPv4Address("10.0.0.2") ?? .any

  private static func problem(_ side: FarSide) -> String? { side.problem(address, 5004) }

  @Test("A closed port silences the stream for five seconds, and says so until a trial went well")
  func refusal() {
    var side = FarSide()
    #expect(side.maySend && Self.problem(side) == nil)
    side.heard(.refused, at: at(10))
    #expect(!side.maySend)
    #expect(
      Self.problem(side)
        == "10.0.0.2:5004 refuses the stream: nothing listens on that port there; trying again"
        + " every 5 s")
    side.advance(to: at(14.9))
    #expect(!side.maySend)
    side.advance(to: at(15))
    #expect(side.maySend && Self.problem(side) != nil)
    side.advance(to: at(16.9))
    #expect(Self.problem(side) != nil)
    side.advance(to: at(17))
    #expect(side.maySend && Self.problem(side) == nil)
  }

  @Test("Refused again in the trial, it is silent again; late answers prolong nothing")
  func refusedAgain() {
    var side = FarSide()
    side.heard(.refused, at: at(10))
    side.heard(.refused, at: at(12))
    side.advance(to: at(15))
    #expect(side.maySend)
    side.heard(.refused, at: at(15.5))
    #expect(!side.maySend)
    side.advance(to: at(20.4))
    #expect(!side.maySend)
    side.advance(to: at(20.5))
    #expect(side.maySend)
  }

  @Test("Where nobody answers the stream goes on, and says so for a while")
  func unreachable() {
    var side = FarSide()
    side.heard(.unreachable("No route to host"), at: at(1))
    #expect(side.maySend)
    #expect(Self.problem(side) == "10.0.0.2 does not answer (No route to host); still sending")
    side.heard(.unreachable("No route to host"), at: at(4))
    side.advance(to: at(8.9))
    #expect(Self.problem(side) != nil)
    side.advance(to: at(9))
    #expect(Self.problem(side) == nil)
  }
}

@Suite("SilenceWatch: when to join anew (NET-09)")
struct SilenceWatchTests {
  @Test("After 3 s of silence, then ever more rarely, at last once a minute")
  func backsOff() {
    var watch = SilenceWatch(packets: 0, at: at(0))
    let due = (1...300).filter { watch.isDue(packets: 0, at: at(Double($0))) }
    #expect(due == [3, 9, 21, 45, 93, 153, 213, 273])
  }

  @Test("Never while packets come; and from the beginning when they cease")
  func packets() {
    var watch = SilenceWatch(packets: 7, at: at(0))
    let busy = (1...20).filter { watch.isDue(packets: UInt64($0) + 7, at: at(Double($0))) }
    #expect(busy.isEmpty)
    let silent = (21...40).filter { watch.isDue(packets: 27, at: at(Double($0))) }
    #expect(silent == [23, 29])
  }
}
