// SPDX-License-Identifier: MIT
import Addressing
import CapturedLog
import ControlAPI
import Logging
import MediaClock
import ParsedConfiguration
import ServiceLifecycle
import Synchronization
import Testing

@testable import DaemonConfiguration
@testable import Device
@testable import Media

/// Streams that are added, changed and removed beside one that plays, on the loopback interface.
///
/// The clock runs at a fiftieth of real time, so that a machine that delays the player by ten seconds causes
/// no fault of a stream.
@Suite(.serialized) struct StreamChangesTests {
  private static let text = """
    network: { interface: lo }
    streams: { link-offset: 100ms, max-lateness: 50ms }
    ptp: { mode: "off" }
    senders: [{ name: steady, address: 127.0.0.1, port: 15000, channels: 2 }]
    receivers: [{ name: steady, address: 127.0.0.1, port: 15000, channels: 2 }]
    """

  /// The stream that plays arrives exactly, during a thousand changes of other streams.
  @Test func othersPlayOnThroughAThousandChanges() async throws {
    let configuration = try Configuration(parsing: Self.text, file: "test")
    let (service, device) = try makeService(configuration)
    let log = Logger(label: "test") { _ in LogLines() }
    let group = ServiceGroup(services: [service], logger: log)
    async let running: Void = group.run()

    var player = try PatternPlayer(service, device)
    while player.heard < 480 {
      player.look()
      await Task.yield()
    }
    // From here on, the test never suspends, so that other tests cannot delay the player.
    player.begin()
    var lastID = 2
    func newID() -> StreamID {
      lastID += 1
      return StreamID(lastID)
    }
    var senders: [StreamID] = []
    var receivers: [StreamID] = []
    for round in 0..<250 {
      var sender = configuration.senders[0]
      sender.name = "sender \(round)"
      sender.port = 17_001 + UInt16(round)
      senders.append(newID())
      try service.add(sender, id: senders[senders.count - 1])
      var receiver = configuration.receivers[0]
      receiver.name = "receiver \(round)"
      receiver.port = sender.port
      receiver.firstChannel = 3 + 2 * (round % 30)
      receivers.append(newID())
      try service.add(receiver, id: receivers[receivers.count - 1])
      player.look()
      sender.channels = 1
      try service.change(
        senders[senders.count / 2],
        to: senders.count == 1 ? sender : SenderConfiguration.other(round))
      if receivers.count > 20 {
        try service.removeReceiver(receivers.removeFirst())
        try service.removeSender(senders.removeFirst())
      }
      player.look()
    }
    while player.heard + player.wrong <= 4_800 { player.look() }
    #expect(player.wrong == 0)
    let status = service.status()
    #expect(status.senders.count == 21 && status.receivers.count == 21)
    let steady = try #require(status.receivers.first { $0.name == "steady" })
    #expect(steady.lost + steady.late + steady.resyncs + steady.duplicate == 0)
    #expect(steady.inTime > 90)

    for round in 21..<64 { try service.add(SenderConfiguration.other(1_000 + round), id: newID()) }
    #expect(throws: StreamChangeError.full(maximum: 64)) {
      try service.add(SenderConfiguration.other(2_000), id: newID())
    }
    await group.triggerGracefulShutdown()
    try await running
    #expect(throws: StreamChangeError.stopping) { try service.removeSender(senders[0]) }
  }

  /// A user and the search for an unused group may change one sender at the same time, each from what it read
  /// before the other's change: both changes remain.
  @Test func anotherGroupAndAnotherPropertyDoNotUndoEachOther() throws {
    let text = """
      network: { interface: lo }
      ptp: { mode: "off" }
      senders: [{ name: one, address: auto, channels: 2 }]
      """
    let (service, _) = try makeService(try Configuration(parsing: text, file: "test"))
    let groups = (1...3).map { IPv4Address(bits: 0xEF45_FF00 + UInt32($0)) }
    let id = service.senders[0].id
    try service.move(id, to: groups[0])
    var read = service.senders[0].configuration
    try service.move(id, to: groups[1])
    read.name = "renamed"
    read.isEnabled = false
    try service.change(id, to: read)
    #expect(service.senders[0].configuration.address == groups[1])
    try service.move(id, to: groups[2])
    let sender = service.senders[0].configuration
    #expect(sender.name == "renamed" && !sender.isEnabled && sender.address == groups[2])

    var fixed = sender
    (fixed.hasAutomaticAddress, fixed.address) = (false, groups[0])
    try service.change(id, to: fixed)
    try service.move(id, to: groups[1])
    #expect(service.senders[0].configuration.address == groups[0])
    fixed.hasAutomaticAddress = true
    fixed.address = .any
    try service.change(id, to: fixed)
    #expect(service.senders[0].configuration.address == groups[0])
  }
}

extension StreamChangesTests {
  /// A sender leaves the group on which another device sends, for one receiver or for another port.
  @Test func theWarningOfAGroupEndsWithIt() throws {
    let text = """
      network: { interface: lo }
      ptp: { mode: "off" }
      senders: [{ name: one, address: 239.69.255.1, channels: 2 }]
      """
    let (service, _) = try makeService(try Configuration(parsing: text, file: "test"))
    var (id, sender) = service.senders[0]
    func warning() -> String? { service.streams.withLock { $0.senders.slots.find(id)?.warning } }
    service.setWarning(id, "10.67.0.2 also sends there")
    sender.name = "renamed"
    try service.change(id, to: sender)
    #expect(warning() == "10.67.0.2 also sends there")
    sender.port = 5006
    try service.change(id, to: sender)
    #expect(warning() == nil)
    service.setWarning(id, "10.67.0.2 also sends there")
    sender.address = IPv4Address(bits: 0x0A43_0009)
    try service.change(id, to: sender)
    #expect(warning() == nil)
  }

  /// A user changes the channels of a receiver while its session is looked up.
  @Test func aResultForAReceiverThatHasChangedIsNotUsed() throws {
    let text = """
      network: { interface: lo }
      ptp: { mode: "off" }
      receivers: [{ session: Stage, channels: 2 }]
      """
    let (service, _) = try makeService(try Configuration(parsing: text, file: "test"))
    let (id, read, _) = service.subscribers[0]
    var moved = read
    moved.firstChannel = 9
    try service.change(id, to: moved)
    func found(_ receiver: ReceiverConfiguration) -> SubscriptionOutcome {
      var found = receiver
      found.address = IPv4Address(bits: 0xEF45_FF01)
      return .receive(found, note: nil)
    }
    service.follow(id, read, found(read))
    var status = try #require(service.receiverStatus(id))
    #expect(status.firstChannel == 9 && status.address == "0.0.0.0")
    service.follow(id, moved, found(moved))
    status = try #require(service.receiverStatus(id))
    #expect(status.firstChannel == 9 && status.address == "239.69.255.1")
  }
}

extension SenderConfiguration {
  fileprivate static func other(_ number: Int) -> SenderConfiguration {
    var sender = SenderConfiguration()
    (sender.name, sender.address) = ("other \(number)", .loopback)
    sender.port = 16_000 + UInt16(number)
    (sender.channels, sender.firstChannel, sender.packetTime) = (1, 3, .us250)
    return sender
  }
}
