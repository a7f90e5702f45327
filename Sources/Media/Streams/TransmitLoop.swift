// SPDX-License-Identifier: MIT
internal import CSharedMemory
internal import LinuxIO
internal import MediaClock
internal import RealTime
internal import StreamEngine
internal import Synchronization

/// The transmit thread, which wakes when a packet is due, has the engine write it, and sends it.
@safe
struct TransmitLoop: ~Copyable {
  // Safety: `MediaMemory` is never freed.
  private let flags: UnsafePointer<MediaFlags>
  private let endpoints: UnsafePointer<Endpoint>
  private let senderSockets: UnsafePointer<Atomic<Int32>>
  private let counters: UnsafePointer<SenderCounters>
  private var engine: TransmitEngine
  private let batch: PacketBatch
  /// The packets in the batch.
  private let departures: UnsafeMutablePointer<Departure>

  init(
    _ memory: MediaMemory, batch: consuming PacketBatch, maximumLatenessFrames: Int64,
    echoes: Bool
  ) {
    unsafe flags = unsafe UnsafePointer(memory.flags)
    unsafe endpoints = unsafe UnsafePointer(memory.endpoints)
    unsafe senderSockets = unsafe UnsafePointer(memory.senderSockets)
    unsafe counters = unsafe UnsafePointer(memory.senderCounters)
    unsafe departures = unsafe memory.departures
    unsafe engine = TransmitEngine(
      device: memory.device, memory: memory.senders, commands: memory.transmitCommands,
      returns: memory.transmitReturns, scratch: memory.scratch,
      maximumLatenessFrames: maximumLatenessFrames, echoes: echoes)
    self.batch = batch
  }

  @_noLocks @_noAllocation
  mutating func run() {
    while unsafe !flags.pointee.stopped.load(ordering: .relaxed) {
      let now = MonotonicClock.now
      engine.advance(to: now)
      transmit()
      // At least every 5 ms: the heartbeat must not look stale to clients, who look after 20.
      MonotonicClock.sleep(
        until: engine.deadline(after: now, limit: Interval(nanoseconds: 5_000_000)))
    }
  }

  // Bounded: a sender never has more than 17 packets due.
  @_noLocks @_noAllocation
  private mutating func transmit() {
    var count = 0
    while writePacket(count) {
      count += 1
      if count == PacketBatch.capacity {
        send(count)
        count = 0
      }
    }
    send(count)
    unsafe flags.pointee.transmitRounds.wrappingAdd(1, ordering: .sequentiallyConsistent)
  }

  /// Writes the next due packet into the batch at `index`. Returns false if none is due.
  @_noLocks @_noAllocation
  private mutating func writePacket(_ index: Int) -> Bool {
    // Safety: the batch lives as long as this loop, and only this thread writes it.
    var bytes = unsafe batch.packet(index).mutableBytes
    guard let packet = engine.nextPacket(into: &bytes) else { return false }
    let endpoint = unsafe endpoints[packet.sender]
    unsafe departures[index] = Departure(
      sender: packet.sender, due: packet.due,
      socket: senderSockets[packet.sender].load(ordering: .sequentiallyConsistent))
    if endpoint.isConnected {
      batch.connect(index, length: packet.length)
    } else {
      batch.address(index, to: endpoint.address, port: endpoint.port, length: packet.length)
    }
    return true
  }

  /// Sends the first `count` packets of the batch, with one kernel call for each run of packets that share a
  /// socket. All multicast packets are one run if there is no unicast one between them.
  @_noLocks @_noAllocation
  private mutating func send(_ count: Int) {
    var first = 0
    while first < count {
      let socket = unsafe departures[first].socket
      var end = first + 1
      while end < count, unsafe departures[end].socket == socket { end += 1 }
      send(from: first, to: end, on: socket)
      first = end
    }
  }

  @_noLocks @_noAllocation
  private mutating func send(from start: Int, to end: Int, on socket: Int32) {
    var first = start
    // Each round sends at least one packet or gives one up.
    while first < end {
      guard socket >= 0 else {
        unsafe counters[departures[first].sender].withheld.add()
        first += 1
        continue
      }
      let sent = batch.send(on: socket, from: first, count: end - first)
      if sent > 0 {
        noteDepartures(from: first, count: sent)
        first += sent
      } else {
        unsafe counters[departures[first].sender].sendErrors.add()
        first += 1
      }
    }
  }

  @_noLocks @_noAllocation
  private func noteDepartures(from first: Int, count: Int) {
    let now = MonotonicClock.now
    var index = first
    while index < first + count {
      let departure = unsafe departures[index]
      unsafe counters[departure.sender].departures.add((now - departure.due).nanoseconds / 1000)
      index += 1
    }
  }
}
