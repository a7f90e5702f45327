// SPDX-License-Identifier: MIT
internal import CSharedMemory
internal import DaemonConfiguration
internal import LinuxIO
internal import MediaClock
internal import RealTime
internal import StreamEngine
internal import Synchronization

/// The destination of one sender's packets.
struct Endpoint: BitwiseCopyable {
  /// The IPv4 address in host order.
  var address: UInt32 = 0
  var port: UInt16 = 0
  /// True if its socket is connected, and has no other receiver.
  var isConnected = false
}

/// A packet in the batch: its sender, the time at which it was due, and its socket, or -1.
struct Departure: BitwiseCopyable {
  let sender: Int
  let due: MonotonicInstant
  let socket: Int32

  @_noLocks @_noAllocation
  init(sender: Int, due: MonotonicInstant, socket: Int32) {
    self.sender = sender
    self.due = due
    self.socket = socket
  }
}

/// The flags and counters that the control side and a media thread share beside the queues.
struct MediaFlags: ~Copyable {
  /// Set once to end the threads.
  let stopped = Atomic<Bool>(false)
  /// The rounds of each thread: a count that does not increase belongs to a thread that hangs. A round of the
  /// transmit thread ends when it no longer uses any socket.
  let transmitRounds = Atomic<UInt64>(0)
  let receiveRounds = Counter()
  /// How often the receive thread slept before a round, and how often its timer had expired.
  let wakeUps = Counter()
  let timerWakeUps = Counter()
  /// Packets of sockets that it did not wait for.
  let sharedPackets = Counter()
  /// The number of sockets that the receive thread waits for, and how often it began or stopped waiting for
  /// one.
  let waitedSockets = Counter()
  let waitChanges = Counter()
}

/// All memory of the media threads. It is made before they start and never freed, so that they neither allocate
/// nor count references.
///
/// Safety: the pointers are written here once. The comments say which thread may use each of them.
@safe
final class MediaMemory: @unchecked Sendable {
  /// The maximum number of streams in each direction.
  static let streams = DeviceFormat.streams
  private static let queueCapacity = 256

  let device: UnsafeMutablePointer<aes67_device>
  let flags: UnsafeMutablePointer<MediaFlags>

  /// The queues of the transmit thread: control pushes commands and pops returns, the thread does the reverse.
  let transmitCommands: CommandQueue<TransmitCommand>
  let transmitReturns: CommandQueue<TransmitReturn>
  /// The queues of the receive thread, likewise.
  let receiveCommands: CommandQueue<ReceiveCommand>
  let receiveReturns: CommandQueue<ReceiveReturn>
  /// The glitches: the receive thread pushes, control pops.
  let glitches: CommandQueue<GlitchRecord>

  /// The destinations, which control writes before it starts a sender, and the transmit thread reads
  /// afterwards.
  let endpoints: UnsafeMutablePointer<Endpoint>
  /// The sockets of senders, or -1; many senders share one. Control writes them, the transmit thread reads
  /// them.
  let senderSockets: UnsafeMutablePointer<Atomic<Int32>>
  /// The sockets of receivers, or -1. Control writes them, the receive thread reads them.
  let receiverSockets: UnsafeMutablePointer<Atomic<Int32>>

  let senderCounters: UnsafeMutablePointer<SenderCounters>
  let receiverCounters: UnsafeMutablePointer<ReceiverCounters>
  /// The memory of the transmit engine, and its sums.
  let senders: UnsafeMutableRawPointer
  let scratch: UnsafeMutablePointer<Int32>
  /// The packets of a batch; used by the transmit thread alone.
  let departures: UnsafeMutablePointer<Departure>
  /// The memory of the receive engine.
  let receivers: UnsafeMutableRawPointer
  /// The sums of the level meters.
  let meterScratch: UnsafeMutablePointer<Int32>

  init(device: UnsafeMutablePointer<aes67_device>) {
    unsafe self.device = unsafe device
    unsafe flags = .allocate(capacity: 1)
    unsafe flags.initialize(to: MediaFlags())
    transmitCommands = Self.makeQueue()
    transmitReturns = Self.makeQueue()
    receiveCommands = Self.makeQueue()
    receiveReturns = Self.makeQueue()
    glitches = Self.makeQueue()
    unsafe endpoints = .allocate(capacity: Self.streams)
    unsafe endpoints.initialize(repeating: Endpoint(), count: Self.streams)
    unsafe senderSockets = .allocate(capacity: Self.streams)
    unsafe receiverSockets = .allocate(capacity: Self.streams)
    unsafe senderCounters = .allocate(capacity: Self.streams)
    unsafe receiverCounters = .allocate(capacity: Self.streams)
    for index in 0..<Self.streams {
      unsafe (senderSockets + index).initialize(to: Atomic(-1))
      unsafe (receiverSockets + index).initialize(to: Atomic(-1))
      unsafe (senderCounters + index).initialize(to: SenderCounters())
      unsafe (receiverCounters + index).initialize(to: ReceiverCounters())
    }
    unsafe senders = Self.makeRoom(TransmitEngine.memoryByteCount)
    unsafe receivers = Self.makeRoom(ReceiveEngine.memoryByteCount)
    unsafe departures = .allocate(capacity: PacketBatch.capacity)
    let none = Departure(sender: 0, due: MonotonicInstant(nanoseconds: 0), socket: -1)
    unsafe departures.initialize(repeating: none, count: PacketBatch.capacity)
    unsafe scratch = .allocate(capacity: SampleBlock.capacity)
    unsafe scratch.initialize(repeating: 0, count: SampleBlock.capacity)
    unsafe meterScratch = .allocate(capacity: SampleBlock.capacity)
    unsafe meterScratch.initialize(repeating: 0, count: SampleBlock.capacity)
  }

  private static func makeRoom(_ byteCount: Int) -> UnsafeMutableRawPointer {
    let room = UnsafeMutableRawPointer.allocate(
      byteCount: byteCount, alignment: MemoryLayout<Int>.alignment)
    unsafe room.initializeMemory(as: UInt8.self, repeating: 0, count: byteCount)
    return unsafe room
  }

  private static func makeQueue<Element: BitwiseCopyable>() -> CommandQueue<Element> {
    let positions = UnsafeMutablePointer<QueuePositions>.allocate(capacity: 1)
    unsafe positions.initialize(to: QueuePositions())
    // Written here, so that no media thread waits for a page.
    let slots = unsafe makeRoom(queueCapacity * MemoryLayout<Element>.stride)
      .bindMemory(to: Element.self, capacity: queueCapacity)
    return unsafe CommandQueue(positions: positions, slots: slots, capacity: queueCapacity)
  }
}
