// SPDX-License-Identifier: MIT
internal import CSharedMemory
internal import LinuxIO
internal import MediaClock
internal import RealTime
internal import StreamEngine
internal import Synchronization

/// The transmit thread: wakes when a packet is due, lets the engine write what is, and sends it.
@safe
struct TransmitLoop: ~Copyable {
  // Safety: `MediaMemory` is never freed.
  private let flags: UnsafePointer<MediaFlags>
  private let endpoints: UnsafePointer<Endpoint>
  private let counters: UnsafePointer<SenderCounters>
  private var engine: TransmitEngine
  private let batch: PacketBatch
  /// The sender of each packet in the batch.
  private var owners = InlineArray<64, Int>(repeating: 0)

  init(_ memory: MediaMemory, batch: consuming PacketBatch, greatestLatenessFrames: Int64) {
    unsafe flags = unsafe UnsafePointer(memory.flags)
    unsafe endpoints = unsafe UnsafePointer(memory.endpoints)
    unsafe counters = unsafe UnsafePointer(memory.senderCounters)
    unsafe engine = TransmitEngine(
      device: memory.device, commands: memory.transmitCommands, returns: memory.transmitReturns,
      scratch: memory.scratch, greatestLatenessFrames: greatestLatenessFrames)
    self.batch = batch
  }

  @_noLocks @_noAllocation
  mutating func run() {
    while unsafe !flags.pointee.stopped.load(ordering: .relaxed) {
      engine.advance(to: MonotonicClock.now)
      transmit()
      // At least every 5 ms: the heartbeat must not look stale to clients, who look after 20.
      MonotonicClock.sleep(
        until: engine.deadline(
          after: MonotonicClock.now, limit: Interval(nanoseconds: 5_000_000)))
    }
  }

  // Bounded: a sender never has more than 17 packets due.
  @_noLocks @_noAllocation
  private mutating func transmit() {
    var count = 0
    while let sender = writePacket(count) {
      owners[count] = sender
      count += 1
      if count == PacketBatch.capacity {
        send(count)
        count = 0
      }
    }
    send(count)
  }

  /// Writes the next due packet into the batch at `index`; its sender, or nil when none is due.
  @_noLocks @_noAllocation
  private mutating func writePacket(_ index: Int) -> Int? {
    // Safety: the batch lives as long as this loop, and only this thread writes it.
    var bytes = unsafe batch.packet(index).mutableBytes
    guard let packet = engine.nextPacket(into: &bytes) else { return nil }
    let endpoint = unsafe endpoints[packet.sender]
    batch.address(index, to: endpoint.address, port: endpoint.port, length: packet.length)
    return packet.sender
  }

  @_noLocks @_noAllocation
  private mutating func send(_ count: Int) {
    let socket = unsafe flags.pointee.senderSocket.load(ordering: .acquiring)
    var first = 0
    // Each round sends at least one packet or gives one up.
    while first < count {
      let sent = socket < 0 ? -1 : batch.send(on: socket, from: first, count: count - first)
      if sent > 0 {
        first += sent
      } else {
        unsafe counters[owners[first]].sendErrors.add()
        first += 1
      }
    }
  }
}
