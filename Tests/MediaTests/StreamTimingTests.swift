// SPDX-License-Identifier: MIT
import DaemonConfiguration
import Device
import ParsedConfiguration
import Testing

@testable import Media

@Suite struct StreamTimingTests {
  private func timing(_ packetTimes: [String]) throws -> StreamTiming {
    let senders = packetTimes.enumerated().map {
      "- { address: 239.1.1.\($0 + 1), channels: 1, packet-time: \($1) }"
    }
    let text = "senders:\n" + senders.joined(separator: "\n")
    return StreamTiming(try Configuration(parsing: text, file: "test").senders)
  }

  @Test func startGridFitsEverySender() throws {
    #expect(StreamTiming(Configuration().senders).startGrid == 48)
    #expect(try timing(["125us"]).startGrid == 6)
    #expect(try timing(["125us", "333us"]).startGrid == 48)
    #expect(try timing(["250us", "4ms"]).startGrid == 192)
    #expect(StreamTiming([]).startGrid == 48)
  }

  @Test func theLongestPacketIsTheLatency() throws {
    #expect(try timing(["250us", "4ms"]).playbackLatency == 192)
    #expect(StreamTiming([]) == StreamTiming())
  }
}
