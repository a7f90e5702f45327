// SPDX-License-Identifier: MIT
import ControlAPI
import Testing

@testable import aes67

/// The configuration that `aes67 integrate pipewire` generates.
@Suite struct IntegrationTests {
  private let verdict = VerdictStatus(receivable: true, sentence: "", obstacles: [])

  private func sender(
    _ name: String, _ address: String, first: Int, channels: Int, map: [Int]? = nil
  ) -> SenderStatus {
    SenderStatus(
      id: 1, name: name, address: address, port: 5004, channels: channels, firstChannel: first,
      packetTimeMicroseconds: 1000, payloadType: 98, ssrc: 1, state: .sending, error: nil,
      packets: 0, dropped: 0, sendErrors: 0, withheld: 0, receiverReports: 0, map: map)
  }

  private func stream(_ address: String, _ names: [String]) -> SessionStreamStatus {
    SessionStreamStatus(
      name: "x", address: address, port: 5004, encoding: "L24", rate: 48000, channels: names.count,
      packetTimeMicroseconds: 1000, channelNames: names, referenceClock: "", verdict: verdict,
      presets: [:])
  }

  /// A channel name of the SDP description comes before the name of the stream. Default names such as `CH5`
  /// are not used.
  @Test func channelsAreNamedByTheirStreams() {
    let labels = ChannelLabels(
      senders: [
        sender("Talkback", "239.69.1.1", first: 5, channels: 2),
        sender("Stage", "239.69.1.2", first: 1, channels: 3, map: [17, 0, 18]),
        sender("Later", "239.69.1.3", first: 5, channels: 1),
      ],
      receivers: [],
      announced: AnnouncedChannelNames([
        stream("239.69.1.1", ["Host", "CH6"]), stream("239.69.1.1", ["Later", "CH6"]),
      ]))
    #expect(labels.playback == [5: "Host", 6: "Talkback 2", 17: "Stage 1", 18: "Stage 3"])
    #expect(labels.capture.isEmpty)
  }

  @Test func blocksCoverTheChannelsAndTheLastIsShorter() {
    let text = PipeWireNodes(instance: "eth1", channels: 18, block: 8, labels: ChannelLabels()).text
    for path in ["CH=8,FIRST=1", "CH=8,FIRST=9", "CH=2,FIRST=17"] {
      #expect(
        text.split(separator: "\"aes67:\(path),INSTANCE=eth1\"").count == 3, "a sink and a source")
    }
    #expect(text.contains("audio.position = [ FL FR ]") && text.contains("AUX7 ]"))
    #expect(!text.contains("AUX8"))
  }

  /// Stream names come from the network: quotes and backslashes are escaped, and control characters removed.
  @Test func namesAreEscaped() {
    let labels = ChannelLabels(
      senders: [sender("a\"b\\c:d\n\u{1b}]", "239.69.1.1", first: 1, channels: 1)], receivers: [],
      announced: AnnouncedChannelNames())
    let text = PipeWireNodes(instance: "", channels: 1, block: 1, labels: labels).text
    #expect(text.contains(#""1 a\"b\\c d"#) && !text.contains("\u{1b}"))
    #expect(text.split(separator: "node.channel-names").allSatisfy { !$0.contains("c d\n") })
  }

  /// A combining mark after a quote hides it from Swift's characters, but not from PipeWire.
  @Test func aQuoteWithAMarkIsEscaped() {
    let labels = ChannelLabels(
      senders: [sender("a\"\u{301} ] b\\\u{301}:\u{301}c", "239.69.1.1", first: 1, channels: 1)],
      receivers: [], announced: AnnouncedChannelNames())
    let text = PipeWireNodes(instance: "", channels: 1, block: 1, labels: labels).text
    let name = "\"1 a\\\"\u{301} ] b\\\\\u{301} \u{301}c\""
    #expect(text.unicodeScalars.contains(name.unicodeScalars))
  }
}
