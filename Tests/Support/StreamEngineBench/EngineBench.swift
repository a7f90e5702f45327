// SPDX-License-Identifier: MIT
package import CSharedMemory
package import MediaClock
package import RTP
internal import RealTime
package import StreamEngine

/// Both engines on one device page and a simulated clock, with the other ends of all queues: the sound card
/// without sockets and threads.
@safe
package final class EngineBench {
  package static let mediaOffset = MediaOffset(frames: 83_939_329_776_000)

  // Safety: allocated in init with the sizes that the header states, freed in deinit.
  package let device: UnsafeMutablePointer<aes67_device>
  package let senderCounters = UnsafeMutablePointer<SenderCounters>.allocate(capacity: 64)
  package let receiverCounters = UnsafeMutablePointer<ReceiverCounters>.allocate(capacity: 64)
  private let senders = UnsafeMutableRawPointer.allocate(
    byteCount: TransmitEngine.memoryByteCount, alignment: MemoryLayout<Int>.alignment)
  private let receivers = UnsafeMutableRawPointer.allocate(
    byteCount: ReceiveEngine.memoryByteCount, alignment: MemoryLayout<Int>.alignment)
  private let scratch = UnsafeMutablePointer<Int32>.allocate(capacity: SampleBlock.capacity)

  package let transmitCommands = QueueBox<TransmitCommand>()
  package let transmitReturns = QueueBox<TransmitReturn>()
  package let receiveCommands = QueueBox<ReceiveCommand>()
  package let receiveReturns = QueueBox<ReceiveReturn>()
  package let glitches = QueueBox<GlitchRecord>(capacity: 64)
  package var transmit: TransmitEngine
  package var receive: ReceiveEngine

  private var clients: [PlayingClient] = []
  private var resamplers: [Resampler] = []
  package private(set) var clock: DeviceClock
  /// The device frame of the simulated clock.
  package private(set) var now = DeviceFrame(0)

  package init(latenessFrames: Int64 = 816, echoes: Bool = false) {
    let memory = UnsafeMutableRawPointer.allocate(
      byteCount: aes67_device_bytes(), alignment: 4096)
    unsafe memory.initializeMemory(as: UInt8.self, repeating: 0, count: aes67_device_bytes())
    unsafe device = memory.bindMemory(to: aes67_device.self, capacity: 1)
    clock = DeviceClock(
      relation: ClockRelation(
        base: MonotonicInstant(nanoseconds: 1_000_000_000), frame: DeviceFrame(0), fraction: 0,
        rate: ClockRelation.nominalRate(.hz48000)),
      mediaOffset: EngineBench.mediaOffset, state: .freeRunning, generation: 0)
    var snapshot = clock.snapshot
    unsafe aes67_clock_publish(aes67_device_clock(device), &snapshot)
    for index in 0..<64 {
      unsafe (senderCounters + index).initialize(to: SenderCounters())
      unsafe (receiverCounters + index).initialize(to: ReceiverCounters())
    }
    unsafe transmit = TransmitEngine(
      device: device, memory: senders, commands: transmitCommands.queue,
      returns: transmitReturns.queue, scratch: scratch, maximumLatenessFrames: latenessFrames,
      echoes: echoes)
    unsafe receive = ReceiveEngine(
      device: device, memory: receivers, commands: receiveCommands.queue,
      returns: receiveReturns.queue, glitches: glitches.queue)
  }

  deinit {
    unsafe UnsafeMutableRawPointer(device).deallocate()
    unsafe senderCounters.deallocate()
    unsafe receiverCounters.deallocate()
    unsafe senders.deallocate()
    unsafe receivers.deallocate()
    unsafe scratch.deallocate()
    for resampler in resamplers { resampler.free() }
  }

  /// The instant at which `frame` begins.
  package func instant(of frame: DeviceFrame) -> MonotonicInstant {
    clock.relation.instant(of: frame)
  }

  /// Sets the clock, which never goes back.
  package func set(_ frame: DeviceFrame) { now = max(now, frame) }

  /// Publishes another media offset, as a new grandmaster would.
  package func rebase(_ offset: MediaOffset) {
    clock.mediaOffset = offset
    clock.generation += 1
    var snapshot = clock.snapshot
    unsafe aes67_clock_publish(aes67_device_clock(device), &snapshot)
  }

  // MARK: Streams

  package func startSender(
    _ index: Int = 0, channels: Int = 8, firstChannel: Int = 0, route: ChannelRoute? = nil,
    packetTime: PacketTime = .ms1, sequence: UInt16 = 65_530, offset: UInt32 = 0
  ) {
    let settings = SenderSettings(
      route: route ?? ChannelRoute(block: firstChannel, channels: channels),
      packetTime: packetTime, payloadType: 98,
      ssrc: 0xAE56_7000 + UInt32(index), firstSequence: SequenceNumber(sequence),
      timestampOffset: offset)
    let done = unsafe transmitCommands.queue.push(
      .start(sender: index, settings, UnsafePointer(senderCounters + index)))
    precondition(done, "the queue has room")
  }

  package func startReceiver(
    _ index: Int = 0, encoding: SampleEncoding = .l24, channels: Int = 8,
    firstChannel: Int = 0, route: ChannelRoute? = nil, linkOffset: Int64 = 144,
    automatic: OffsetBounds? = nil, group: Int? = nil,
    alignment: Alignment = .mediaClock(timestampOffset: 0),
    payloadType: UInt8? = nil, source: UInt32? = nil, conceals: Bool = true,
    isEquipped: Bool = true
  ) {
    var settings = ReceiverSettings(
      encoding: encoding,
      route: route ?? ChannelRoute(block: firstChannel, channels: channels), linkOffset: linkOffset,
      automatic: automatic, group: group, alignment: alignment, payloadType: payloadType,
      source: source)
    settings.conceals = conceals
    let done = unsafe receiveCommands.queue.push(
      .start(receiver: index, settings, UnsafePointer(receiverCounters + index)))
    precondition(done, "the queue has room")
    if isEquipped { equipReceiver(index, channels: channels) }
  }

  /// Gives a receiver a resampler, which lives as long as the bench.
  package func equipReceiver(_ index: Int = 0, channels: Int = 8) {
    guard let resampler = Resampler(channels: channels) else { preconditionFailure("no memory") }
    resamplers.append(resampler)
    let done = receiveCommands.queue.push(.equip(receiver: index, resampler))
    precondition(done, "the queue has room")
  }

  /// Changes settings of the transmit engine.
  package func adjust(latenessFrames: Int64, echoes: Bool) {
    let done = transmitCommands.queue.push(
      .adjust(maximumLatenessFrames: latenessFrames, echoes: echoes))
    precondition(done, "the queue has room")
  }

  /// Attaches `client` to a slot, and keeps it as long as the bench lives.
  package func attach(_ client: PlayingClient, slot: Int = 0) {
    clients.append(client)
    let done = transmitCommands.queue.push(.attach(slot: slot, client.source))
    precondition(done, "the queue has room")
  }

  /// Returns every packet that is due now, in the order of the engine.
  package func packets() -> [(sender: Int, bytes: [UInt8])] {
    transmit.advance(to: instant(of: now))
    var sent: [(sender: Int, bytes: [UInt8])] = []
    var memory = [UInt8](repeating: 0xAA, count: TransmitEngine.packetCapacity)
    while true {
      var packet: OutgoingPacket?
      do {
        var span = memory.mutableSpan
        var bytes = unsafe span.mutableBytes
        packet = transmit.nextPacket(into: &bytes)
      }
      guard let packet else { return sent }
      sent.append((packet.sender, Array(memory[..<packet.length])))
    }
  }

  package static let source = PacketSource(address: 0x0A43_0002, port: 40_000)

  /// Gives `bytes` to receiver `index` now.
  package func deliver(
    _ bytes: [UInt8], to index: Int = 0, from source: PacketSource = EngineBench.source
  ) {
    receive.advance(to: instant(of: now))
    let span = unsafe bytes.span.bytes
    receive.receive(span, from: source, receiver: index)
    receive.publish()
  }

  /// Advances the receive engine without a packet.
  package func tick() {
    receive.advance(to: instant(of: now))
    receive.publish()
  }

  /// Returns the samples that a capture program reads: `count` frames of `channel` from `frame` on, with
  /// silence outside the valid range of the ring.
  package func captured(_ channel: Int, from frame: DeviceFrame, count: Int) -> [Int32] {
    let from = unsafe aes67_device_capture_valid_from(device)
    let through = unsafe aes67_device_capture_valid_through(device)
    return (0..<count).map { index in
      let wanted = frame.index + Int64(index)
      guard wanted >= from, wanted < through else { return 0 }
      let slot = Int(wanted & Int64(AES67_RING_FRAMES - 1))
      return unsafe aes67_device_capture_ring(device)[slot * Int(AES67_CHANNELS) + channel]
    }
  }
}
