// SPDX-License-Identifier: MIT
import Testing

@testable import DaemonConfiguration

/// Lists of device channels in the file, which map any channel of a stream to any channel of the device
/// (AES-13).
@Suite struct ChannelMapTests {
  private func receiver(_ channels: String) throws -> ReceiverConfiguration {
    try read("receivers: [{ address: 239.69.7.1, channels: \(channels) }]", file: "test").receivers[
      0]
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

  @Test func aListOfAdjacentChannelsIsABlock() throws {
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
    ("[none]", "no device channel is listed; name at least one"),
    ("[]", "no device channel is listed; name at least one"),
    ("[3, 1-4]", "device channel 3 is listed twice; it can be filled only once"),
    ("[1-64, none]", "the list has 65 channels; a stream has at most 64"),
  ])
  func invalidListsAreRefused(channels: String, message: String) throws {
    let error = #expect(throws: ConfigurationError.self) { try receiver(channels) }
    #expect(
      error?.problems.map(\.message).contains(message) == true, "\(String(describing: error))")
    #expect(error?.problems.allSatisfy { $0.key == "receivers[0].channels" } == true)
  }

  @Test func aListExcludesAFirstChannel() throws {
    let error = #expect(throws: ConfigurationError.self) {
      try receiver("[1, 5], first-channel: 3")
    }
    #expect(
      error?.description
        == "test:1:69: receivers[0].first-channel: is implied by the list of channels; leave it out"
    )
  }

  @Test func receiversShareTheDeviceChannelByChannel() throws {
    func file(_ second: String) -> String {
      """
      receivers:
        - { name: odd, address: 239.69.7.1, channels: [1, 3, 5, 7] }
        - { name: even, address: 239.69.7.2, channels: \(second) }
      """
    }
    #expect(try read(file("[2, 4, 6, 8]")).receivers.count == 2)
    let error = #expect(throws: ConfigurationError.self) {
      try read(file("[2, 5]"))
    }
    #expect(
      error?.description.contains("receiver \"odd\" already fills device channel 5") == true)
  }
}
