// SPDX-License-Identifier: MIT
internal import CSharedMemory
internal import DaemonConfiguration
internal import LinuxIO
internal import MediaClock
internal import RealTime
internal import StreamEngine
internal import Synchronization

/// Where one sender's packets go.
struct Endpoint: BitwiseCopyable {
  /// IPv4, in host order.
  var address: UInt32 = 0
  var port: UInt16 = 0
  /// Its socket knows all that: it has no other receiver.
  var isConnected = false
}

/// A packet in the batch: whose it is, when it was due, and the socket through which it goes, or -1.
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

/// What the control side and a media thread share beside the queues.
struct MediaFlags: ~Copyable {
  /// Set once, when the threads shall end.
  let stopped = Atomic<Bool>(false)
  /// How often each thread has come around: what does not rise belongs to a thread that hangs. A round
  /// of the transmit thread ends when it has let go of every socket.
  let transmitRounds = Atomic<UInt64>(0)
  let receiveRounds = Counter()
  /// How often the receive thread slept before a round, and how often its timer had run out.
  let wakeUps = Counter()
  let timerWakeUps = Counter()
  /// Packets of sockets that it did not wait for.
  let sharedPackets = Counter()
  /// How many sockets the receive thread waits for, and how often it has begun or ceased to wait for one.
  let waitedSockets = Counter()
  let waitChanges = Counter()
}

/// Everything that the media threads touch, made before they start and never freed: no allocation
/// and no reference count on their paths.
///
/// Safety: the pointers are written here once. What each thread may touch is said beside it.
@safe
final class MediaMemory: @unchecked Sendable {
  /// Of each direction.
  static let streams = DeviceFormat.streams
  private static let queueCapacity = 256

  let device: UnsafeMutablePointer<aes67_device>
  let flags: UnsafeMutablePointer<MediaFlags>

  /// Control pushes commands and pops returns; the transmit thread does the reverse.
  let transmitCommands: CommandQueue<TransmitCommand>
  let transmitReturns: CommandQueue<TransmitReturn>
  /// The same with the receive thread.
  let receiveCommands: CommandQueue<ReceiveCommand>
  let receiveReturns: CommandQueue<ReceiveReturn>
  /// The receive thread pushes, control pops.
  let glitches: CommandQueue<GlitchRecord>

  /// Written by control before it starts a sender, read by the transmit thread after.
  let endpoints: UnsafeMutablePointer<Endpoint>
  /// Sockets of senders, many of which share one, or -1: written by control, read by the transmit
  /// thread.
  let senderSockets: UnsafeMutablePointer<Atomic<Int32>>
  /// Sockets of receivers, or -1: written by control, read by the receive thread.
  let receiverSockets: UnsafeMutablePointer<Atomic<Int32>>

  let senderCounters: UnsafeMutablePointer<SenderCounters>
  let receiverCounters: UnsafeMutablePointer<ReceiverCounters>
  /// The transmit engine's own, and its sums.
  let senders: UnsafeMutableRawPointer
  let scratch: UnsafeMutablePointer<Int32>
  /// The transmit thread's: one for each packet of a batch.
  let departures: UnsafeMutablePointer<Departure>
  /// The receive engine's own.
  let receivers: UnsafeMutableRawPointer
  /// For the sums of the level meters.
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
