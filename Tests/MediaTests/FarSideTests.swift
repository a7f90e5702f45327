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

  @Test("A closed port stops the stream for 5 s, and is reported until a trial has succeeded")
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

  @Test("A refusal in the trial stops the stream again; late refusals do not extend the pause")
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

  @Test("An unreachable host does not stop the stream, and is reported for a while")
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

@Suite("SilenceWatch: when to join again (NET-09)")
struct SilenceWatchTests {
  @Test("After 3 s of silence, then at growing intervals of up to a minute")
  func backsOff() {
    var watch = SilenceWatch(packets: 0, at: at(0))
    let due = (1...300).filter { watch.isDue(packets: 0, at: at(Double($0))) }
    #expect(due == [3, 9, 21, 45, 93, 153, 213, 273])
  }

  @Test("Never while packets arrive, and from the first interval again when they stop")
  func packets() {
    var watch = SilenceWatch(packets: 7, at: at(0))
    let busy = (1...20).filter { watch.isDue(packets: UInt64($0) + 7, at: at(Double($0))) }
    #expect(busy.isEmpty)
    let silent = (21...40).filter { watch.isDue(packets: 27, at: at(Double($0))) }
    #expect(silent == [23, 29])
  }
}
