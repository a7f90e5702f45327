// SPDX-License-Identifier: MIT
import Addressing
import MediaClock
import Session
import Testing

@testable import Daemon
@testable import DaemonConfiguration

/// What was chosen at run time, over a file that says something else.
@Suite struct ChoicesTests {
  private static let file = """
    senders:
      - {name: one, address: 239.1.1.1, channel-names: "L, R", channels: 2}
      - {name: two, address: auto, first-channel: 9, packet-time: 250us, enabled: false}
    receivers:
      - {name: a, address: 239.1.2.1, source: 10.0.0.1, encoding: L16, link-offset: 5ms, payload-type: 97}
      - {name: b, address: 239.1.2.2, first-channel: 9, alignment: arrival, link-offset: auto, timestamp-offset: 7}
      - {name: c, session: Stage left, first-channel: 17, group: own}
    """

  private static let description = """
    v=0
    o=- 1 1 IN IP4 10.0.0.9
    s=Hall
    c=IN IP4 239.9.9.9/32
    t=0 0
    m=audio 5006 RTP/AVP 97
    a=rtpmap:97 L24/48000/4
    a=ptime:1
    a=source-filter: incl IN IP4 239.9.9.9 10.0.0.9
    a=ts-refclk:ptp=IEEE1588-2008:00-1D-C1-FF-FE-00-00-01:0
    a=mediaclk:direct=12

    """

  private func parse() throws -> Configuration {
    try Configuration(parsing: Self.file, file: "aes67d.yaml")
  }

  @Test func everyStreamIsWhatItsKeysSay() throws {
    let configuration = try parse()
    for sender in configuration.senders {
      let problems = Problems()
      #expect(SenderConfiguration(sender.keys, configuration.defaults, problems) == sender)
      #expect(problems.found.isEmpty)
    }
    var hall = configuration.receivers[0]
    hall.subscription = .description(
      try #require(DescriptionFile(text: Self.description, named: "sdp").streams.first))
    hall.address = .any
    (hall.port, hall.source, hall.encoding, hall.payloadType) = (5004, nil, .l24, nil)
    for receiver in configuration.receivers + [hall] {
      let problems = Problems()
      let again = ReceiverConfiguration(receiver.keys, configuration.defaults, problems)
      #expect(again == receiver, "\(receiver.keys)")
      #expect(problems.found.isEmpty, "\(problems.found)")
    }
  }

  @Test func differencesAreKeptAndNothingElse() throws {
    let file = try parse()
    var now = file
    #expect(Choices.Streams(from: file.senders, to: now.senders) == Choices.Streams())
    now.senders[1].address = IPv4Address("239.69.1.77")!  // Chosen by the daemon itself.
    #expect(Choices.Streams(from: file.senders, to: now.senders) == Choices.Streams())
    now.senders[0].firstChannel = 3
    now.receivers.remove(at: 1)
    var extra = now.receivers[0]
    extra.name = "extra"
    extra.firstChannel = 40
    now.receivers.append(extra)
    let choices = Choices(
      senders: Choices.Streams(from: file.senders, to: now.senders),
      receivers: Choices.Streams(from: file.receivers, to: now.receivers))
    #expect(choices.senders.names == ["one"] && choices.receivers.names == ["b", "extra"])
    let (again, problems) = file.with(choices)
    #expect(problems.isEmpty)
    #expect(again.senders[0] == now.senders[0] && again.receivers == now.receivers)
  }

  @Test func whatCannotBeIsLeftOutAndSaid() throws {
    var choices = Choices()
    choices.senders.kept = [["name": "bad", "address": "none", "channels": "4"]]
    let (configuration, problems) = try parse().with(choices)
    #expect(try configuration == parse())
    #expect(problems.count == 1 && problems[0].contains("bad") && problems[0].contains("address"))
  }

  @Test func settingsStandBeforeTheFile() throws {
    let text = "network: {dscp: 10, ttl: 3}\n"
    let chosen = try Configuration(
      parsing: text, file: "f",
      settings: ["network.dscp": "12", "ptp.domain": "3", "streams.link-offset": "5ms"])
    #expect(chosen.network.dscp == 12 && chosen.network.ttl == 3)
    #expect(chosen.networkClock.domain == 3)
    #expect(chosen.receivers.allSatisfy { $0.linkOffset == .milliseconds(5) })
    let refused = #expect(throws: ConfigurationError.self) {
      try Configuration(parsing: text, file: "f", settings: ["network.dscq": "1", "x.y": "2"])
    }
    #expect(refused?.description.contains("network.dscq: unknown key") == true)
  }
}
