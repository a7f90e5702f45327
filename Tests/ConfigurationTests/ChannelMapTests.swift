// SPDX-License-Identifier: MIT
import Addressing
import Session
import Testing

@testable import DaemonConfiguration

/// Any channel of a stream to and from any channel of the device, as the file says it (AES-13).
@Suite struct ChannelMapTests {
  private func receiver(_ channels: String) throws -> ReceiverConfiguration {
    try Configuration(
      parsing: "receivers: [{ address: 239.69.7.1, channels: \(channels) }]", file: "test"
    ).receivers[0]
  }

  @Test func listsAreMaps() throws {
    let found = try receiver("[17, 1-3, none, 64]")
    #expect(found.map == ChannelMap([17, 1, 2, 3, nil, 64]))
    #expect((found.channels, found.firstChannel) == (6, 1))
    #expect(found.deviceChannels == 0..<64)
    #expect(found.route == [16, 0, 1, 2, nil, 63])
    #expect(ChannelMap([17, nil]).numbers == [17, 0])
  }

  @Test func textWithCommasIsAList() throws {
    #expect(try receiver("\"17, 1-3, none, 64\"") == receiver("[17, 1-3, none, 64]"))
    #expect(try receiver("\"\(ChannelMap([17, 1, nil]).text)\"").map == ChannelMap([17, 1, nil]))
  }

  /// What the state store keeps of a stream is that stream.
  @Test func mapsAndLocationsAreKept() throws {
    let problems = Problems()
    let defaults = Configuration().defaults
    var wish = try receiver("[17, none, 3]")
    #expect(ReceiverConfiguration(wish.keys, defaults, problems) == wish)
    wish = try Configuration(
      parsing: "receivers: [{ sdp-url: \"http://10.0.0.9/a\", channels: [5, 1] }]", file: "test"
    ).receivers[0]
    #expect(ReceiverConfiguration(wish.keys, defaults, problems) == wish)
    let sender = try Configuration(
      parsing: "senders: [{ address: 239.69.7.1, channels: [17, none, 17] }]", file: "test"
    ).senders[0]
    #expect(SenderConfiguration(sender.keys, defaults, problems) == sender)
    #expect(problems.found.isEmpty)
  }

  @Test func aListThatIsABlockIsABlock() throws {
    #expect(try receiver("[9-15, 16]") == receiver("8, first-channel: 9"))
    #expect(try receiver("[3]").map == nil)
  }

  @Test(arguments: [
    (
      "[1, 0]",
      "\"0\" is not allowed; expected device channels 1 to 64, ranges such as 1-8, or none"
    ),
    (
      "[5-2]",
      "\"5-2\" is not allowed; expected device channels 1 to 64, ranges such as 1-8, or none"
    ),
    (
      "[60-65]",
      "\"60-65\" is not allowed; expected device channels 1 to 64, ranges such as 1-8, or none"
    ),
    ("[x]", "\"x\" is not allowed; expected device channels 1 to 64, ranges such as 1-8, or none"),
    ("[none]", "has no device channel; name at least one"),
    ("[]", "has no device channel; name at least one"),
    ("[3, 1-4]", "device channel 3 stands there twice; it can be filled only once"),
    ("[1-64, none]", "are 65; a stream has at most 64"),
  ])
  func errorsNameWhatIsWrong(channels: String, message: String) throws {
    let error = #expect(throws: ConfigurationError.self) { try receiver(channels) }
    #expect(
      error?.problems.map(\.message).contains(message) == true, "\(String(describing: error))")
    #expect(error?.problems.allSatisfy { $0.key == "receivers[0].channels" } == true)
  }

  @Test func whatAListSaysNobodyElseMay() throws {
    let error = #expect(throws: ConfigurationError.self) {
      try receiver("[1, 5], first-channel: 3")
    }
    #expect(
      error?.description
        == "test:1:69: receivers[0].first-channel: is said by the list of channels; leave it out")
  }

  @Test func receiversShareTheDeviceChannelByChannel() throws {
    func file(_ second: String) -> String {
      """
      receivers:
        - { name: odd, address: 239.69.7.1, channels: [1, 3, 5, 7] }
        - { name: even, address: 239.69.7.2, channels: \(second) }
      """
    }
    #expect(try Configuration(parsing: file("[2, 4, 6, 8]"), file: "test").receivers.count == 2)
    let error = #expect(throws: ConfigurationError.self) {
      try Configuration(parsing: file("[2, 5]"), file: "test")
    }
    #expect(
      error?.description.contains("device channel 5 is filled by receiver \"odd\" already") == true)
  }

  @Test func sendersMaySendAChannelTwice() throws {
    let sender = try Configuration(
      parsing: "senders: [{ address: 239.69.7.1, channels: [17, none, 17, 2] }]", file: "test"
    ).senders[0]
    #expect(sender.route == [16, nil, 16, 1])
  }
}
