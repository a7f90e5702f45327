// SPDX-License-Identifier: MIT
import Addressing
import CSharedMemory
import CapturedLog
import ControlAPI
import LinuxIO
import Logging
import MediaClock
import ParsedConfiguration
import ServiceLifecycle
import Testing

@testable import DaemonConfiguration
@testable import Device
@testable import Media

/// Streams that come, change and go beside one that plays, on loopback and at a fiftieth of real time,
/// so that a machine which keeps the player from looking for ten seconds is no fault of the streams.
@Suite(.serialized) struct StreamChangesTests {
  private static let text = """
    network: { interface: lo }
    streams: { link-offset: 100ms, max-lateness: 50ms }
    ptp: { mode: "off" }
    senders: [{ name: steady, address: 127.0.0.1, port: 15000, channels: 2 }]
    receivers: [{ name: steady, address: 127.0.0.1, port: 15000, channels: 2 }]
    """

  /// One stream's change is no other's: what plays beside a thousand of them arrives to the bit.
  @Test func othersPlayOnThroughAThousandChanges() async throws {
    let configuration = try Configuration(parsing: Self.text, file: "test")
    let sample = TimeSample.take()
    let device = try DeviceMemory(
      minimumPeriod: 64, timing: StreamTiming(configuration.senders, configuration.receivers),
      born: sample.monotonic)
    device.publish(
      DeviceClock.anchored(
        at: sample.monotonic, from: sample.monotonic, rate: .hz48000, divisor: 50))
    let log = Logger(label: "test") { _ in LogLines() }
    let service = try StreamService(
      configuration, senders: [(StreamID(1), configuration.senders[0])],
      receivers: [(StreamID(2), configuration.receivers[0])], device: device,
      sendersMayStart: { true }, logger: log)
    let group = ServiceGroup(services: [service], logger: log)
    async let running: Void = group.run()

    var player = try PatternPlayer(service, device)
    while player.heard < 480 {
      player.look()
      await Task.yield()
    }
    // From here without a pause in which other tests could keep us from looking.
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
      sender.port = 15001 + UInt16(round)
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
}

extension SenderConfiguration {
  fileprivate static func other(_ number: Int) -> SenderConfiguration {
    var sender = SenderConfiguration()
    (sender.name, sender.address) = ("other \(number)", .loopback)
    sender.port = 16000 + UInt16(number)
    (sender.channels, sender.firstChannel, sender.packetTime) = (1, 3, .us250)
    return sender
  }
}

/// A program that plays a pattern as long as its ring on channels 1 and 2, and hears it come back.
private struct PatternPlayer {
  private let device: DeviceMemory
  private let client: ClientMemory
  private let start: Int64
  private let linkOffset: Int64 = 4800
  private var next: Int64
  /// Frames that came back as they were played, and those that did not.
  private(set) var heard = 0
  private(set) var wrong = 0

  init(_ service: StreamService, _ device: DeviceMemory) throws {
    self.device = device
    client = try ClientMemory(direction: .playback, channels: 2, firstChannel: 0)
    let ring = try unsafe #require(aes67_client_ring(client.page))
    for index in 0..<Int64(AES67_RING_FRAMES) {
      for channel in 0..<2 { unsafe ring[Int(index) * 2 + channel] = Self.sample(index, channel) }
    }
    start = device.clock.relation.frame(at: MonotonicClock.now).index + 960
    next = start + linkOffset
    var snapshot = aes67_playback_snapshot(start_frame: start, written_through: 30_000)
    unsafe aes67_client_publish(client.page, &snapshot)
    unsafe service.playbackMixer.attach(
      slot: 0, memory: client.page, channels: 2, firstChannel: 0)
  }

  /// Left-justified 24 bits, never silence.
  private static func sample(_ index: Int64, _ channel: Int) -> Int32 {
    Int32(truncatingIfNeeded: (index * 2 + Int64(channel) + 1) * 0x9E3779) << 8 | 0x100
  }

  /// Counts anew, from now on.
  mutating func begin() {
    next = device.clock.relation.frame(at: MonotonicClock.now).index
    (heard, wrong) = (0, 0)
  }

  /// Plays on, and compares what has come back since the last look.
  mutating func look() {
    let now = device.clock.relation.frame(at: MonotonicClock.now).index
    unsafe aes67_client_extend(client.page, UInt64(max(30_000, now - start + 16_000)))
    guard let ring = unsafe aes67_device_capture_ring(device.page) else { return }
    while next < now {
      let slot = Int(next & Int64(AES67_RING_FRAMES - 1)) * Int(AES67_CHANNELS)
      let index = (next - start - linkOffset) % Int64(AES67_RING_FRAMES)
      for channel in 0..<2 {
        let isRight = unsafe ring[slot + channel] == Self.sample(index, channel)
        if isRight { heard += 1 } else { wrong += 1 }
      }
      next += 1
    }
  }
}
