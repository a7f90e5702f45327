// SPDX-License-Identifier: MIT
import ControlAPI
import ParsedConfiguration
import Testing

@testable import DaemonConfiguration
@testable import Media

/// The status of receivers that yield channels to others, and get them back (trial F6).
@Suite struct YieldingTests {
  private let service: StreamService

  init() throws {
    let text = "{layout: {host: 1}, network: {interface: lo}, ptp: {mode: \"off\"}, senders: []}"
    service = try makeService(try Configuration(parsing: text, file: "test")).service
  }

  private func chosen(_ name: String, _ channels: [Int]) -> ReceiverConfiguration {
    var receiver = ReceiverConfiguration()
    receiver.name = name
    receiver.subscription = .session(name)
    receiver.channelSetting = .list(ChannelMap(channels))
    return receiver
  }

  private func receiver(_ number: Int) throws -> ReceiverStatus {
    try #require(service.receiverStatus(StreamID(number)))
  }

  @Test func channelsAreYieldedAndReturned() throws {
    try service.add(chosen("Talkback", [2, 17, 18]), id: StreamID(20))
    #expect(try receiver(1).yielded == [YieldedChannels(channels: [2], to: "Talkback")])
    #expect(try receiver(1).map == [1, 0, 3, 4, 5, 6, 7, 8])
    #expect(try receiver(2).yielded.isEmpty && receiver(2).map == nil && receiver(2).yields)
    #expect(try receiver(3).yielded == [YieldedChannels(channels: [17, 18], to: "Talkback")])
    #expect(try receiver(3).map == [0, 0, 19, 20, 21, 22, 23, 24])
    #expect(try receiver(20).yielded.isEmpty && !receiver(20).yields)
    // The subscription moves to other channels, and has another name.
    try service.change(StreamID(20), to: chosen("TB", [24, 17]))
    #expect(try receiver(1).yielded.isEmpty && receiver(1).map == nil)
    #expect(try receiver(3).yielded == [YieldedChannels(channels: [17, 24], to: "TB")])
    // A second subscription.
    try service.add(chosen("Choir", [20]), id: StreamID(21))
    #expect(try receiver(3).map == [0, 18, 19, 0, 21, 22, 23, 0])
    #expect(try receiver(3).yielded.map(\.to) == ["TB", "Choir"])
    try service.removeReceiver(StreamID(20))
    #expect(try receiver(3).map == [17, 18, 19, 0, 21, 22, 23, 24])
    try service.removeReceiver(StreamID(21))
    #expect(try receiver(3).yielded.isEmpty && receiver(3).map == nil)
  }

  @Test func aReceiverWithoutChannelsIsInactive() throws {
    try service.add(chosen("Stage", Array(9...16)), id: StreamID(20))
    let displaced = try receiver(2)
    #expect(displaced.state == .disabled && displaced.health.level == .inactive)
    #expect(displaced.error == "its channels are filled by \"Stage\"")
    try service.removeReceiver(StreamID(20))
    #expect(try receiver(2).state != .disabled && receiver(2).error?.contains("Stage") != true)
  }

  @Test func aDisabledReceiverStaysDisabled() throws {
    var receiver = service.receivers[1]
    receiver.configuration.isEnabled = false
    try service.change(receiver.id, to: receiver.configuration)
    try service.add(chosen("Stage", [9]), id: StreamID(20))
    try service.removeReceiver(StreamID(20))
    #expect(try self.receiver(2).state == .disabled)
  }

  /// A disabled subscription keeps its channels, which are then silent.
  @Test func aDisabledSubscriptionKeepsItsChannels() throws {
    var stage = chosen("Stage", [9, 10])
    stage.isEnabled = false
    try service.add(stage, id: StreamID(20))
    #expect(try receiver(2).yielded == [YieldedChannels(channels: [9, 10], to: "Stage")])
  }

  @Test(arguments: [
    ([3], "channel 3"), ([3, 4], "channels 3-4"), ([1, 2, 3, 7], "channels 1-3, 7"),
  ])
  func words(channels: [Int], words: String) {
    #expect(YieldedChannels(channels: channels, to: "x").words == words)
  }
}
