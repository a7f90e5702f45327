// SPDX-License-Identifier: MIT
public import CSharedMemory
public import MediaClock
public import RealTime

/// A command of the control side to the receive thread.
@safe
public enum ReceiveCommand: BitwiseCopyable {
  /// The counters belong to the receiver until it is returned.
  case start(receiver: Int, ReceiverSettings, UnsafePointer<ReceiverCounters>)
  /// Gives a receiver the memory to resample a stream with another clock, for as many channels as it has. The
  /// memory belongs to the receiver until it is returned.
  case equip(receiver: Int, Resampler)
  case stop(receiver: Int)
}

/// An object that the receive thread returns.
public enum ReceiveReturn: BitwiseCopyable, Equatable, Sendable {
  case receiverStopped(Int)
}

/// The receiving half of the sound card: from RTP packets to the capture ring.
///
/// Owned by the receive thread. `advance(to:)` handles commands, reads the clock, and silences the frames that
/// enter the window. Then `receive` is called for each packet of a batch; `publish()` ends the batch.
@safe
public struct ReceiveEngine: ~Copyable {
  public static var maximumReceivers: Int { 64 }

  /// The memory that the receivers need, in bytes.
  public static var memoryByteCount: Int {
    receiversByteCount + WakeModeration.memoryByteCount(maximumReceivers)
  }
  private static var receiversByteCount: Int { InPlaceArray<Receiver>.byteCount(maximumReceivers) }

  private let commands: CommandQueue<ReceiveCommand>
  private let returns: CommandQueue<ReceiveReturn>
  private let glitches: CommandQueue<GlitchRecord>
  private var clock: SharedClock
  private var relation: ClockRelation
  var ring: CaptureRing
  var receivers: InPlaceArray<Receiver>
  /// True if a receiver requests another link offset, was added, or was removed.
  var hasNewRequests = false
  var moment: ReceiveMoment
  /// The time at which the thread must run again even if no packet arrives, because a stream's audio would end
  /// then; nil while all streams are silent. As of the last `publish()`.
  public private(set) var nextLook: MonotonicInstant?
  /// The time at which the thread must read the sockets that it does not wait for, if no packet wakes it
  /// before; nil if it waits for all. As of the last `publish()`.
  public private(set) var nextGuard: MonotonicInstant?
  private var instant = MonotonicInstant(nanoseconds: 0)
  private var moderation: WakeModeration

  /// Returns true if there is a receiver.
  public var hasReceivers: Bool {
    @_noLocks @_noAllocation get { receivers.next(from: 0) != nil }
  }

  /// - Parameters:
  ///   - device: outlives the engine.
  ///   - memory: `memoryByteCount` bytes, aligned for a pointer, for the engine alone; outlives it.
  ///   - glitches: the queue for audible events. Those that do not fit are dropped.
  public init(
    device: UnsafeMutablePointer<aes67_device>, memory: UnsafeMutableRawPointer,
    commands: CommandQueue<ReceiveCommand>, returns: CommandQueue<ReceiveReturn>,
    glitches: CommandQueue<GlitchRecord>
  ) {
    unsafe receivers = InPlaceArray(in: memory, capacity: ReceiveEngine.maximumReceivers)
    unsafe moderation = WakeModeration(
      in: memory + ReceiveEngine.receiversByteCount, capacity: ReceiveEngine.maximumReceivers)
    self.commands = commands
    self.returns = returns
    self.glitches = glitches
    unsafe clock = SharedClock(aes67_device_clock(device))
    relation = clock.read().relation
    unsafe ring = CaptureRing(device)
    moment = ReceiveMoment(now: DeviceFrame(0), offset: MediaOffset(frames: 0))
  }

  /// Brings the ring, the clock and the gaps up to `instant`.
  @_noLocks @_noAllocation
  public mutating func advance(to instant: MonotonicInstant) {
    let reading = clock.read()
    relation = reading.relation
    self.instant = instant
    moment.offset = reading.mediaOffset
    moment.now = max(moment.now, reading.relation.frame(at: instant))
    applyCommands()
    ring.advance(to: moment.now)
    var index = receivers.next(from: 0)
    while let place = index {
      receivers[place].settle(at: moment)
      index = receivers.next(from: place + 1)
    }
    if hasNewRequests { shareOffsets() }
  }

  /// The receivers whose sockets the thread must wait for, one bit each. Streams that arrive together with a
  /// later one are not among them. As of the last `publish()`.
  public var waited: UInt64 { @_noLocks @_noAllocation get { moderation.waited } }

  /// The places that have a receiver, one bit each.
  public var present: UInt64 { @_noLocks @_noAllocation get { moderation.present } }

  /// The shortest packet time of all streams.
  public var shortestPacketTime: Interval {
    @_noLocks @_noAllocation get { moderation.shortest }
  }

  /// Packets of streams whose sockets the thread does not wait for.
  public private(set) var sharedPackets: UInt64 = 0

  /// Returns the receivers whose sockets must be read after `advance(to:)`, one bit each.
  ///
  /// - Parameters:
  ///   - ready: the receivers with readable sockets, as far as the thread waits for them.
  ///   - isTimer: true if a timer has woken the thread.
  @_noLocks @_noAllocation
  public mutating func askable(ready: UInt64, isTimer: Bool) -> UInt64 {
    moderation.begin(ready: ready, isTimer: isTimer)
  }

  /// Takes in one packet from the socket of receiver `index`.
  @_noLocks @_noAllocation
  public mutating func receive(_ bytes: RawSpan, from source: PacketSource, receiver index: Int) {
    guard receivers.has(index),
      receivers[index].receive(bytes, from: source, at: moment, into: &ring)
    else { return }
    if moderation.members.has(index) { sharedPackets &+= 1 }
    moderation.note(receivers[index].lastArrival(at: moment), at: index, instant)
  }

  /// Ends a batch: fades out streams without new packets, and makes everything visible to capturing programs.
  @_noLocks @_noAllocation
  public mutating func publish() {
    let members = moderation.members
    moderation.end(at: instant)
    setGuard()
    if moderation.members != members { reportSharing(members) }
    var look: DeviceFrame?
    var index = receivers.next(from: 0)
    while let place = index {
      receivers[place].dieAway(at: moment, in: &ring)
      if let end = receivers[place].nextLook { look = min(look ?? end, end) }
      if receivers[place].takeNewRequest() { hasNewRequests = true }
      if receivers[place].statistics.glitches.isComplete(at: moment.now) { handOver(place) }
      index = receivers.next(from: place + 1)
    }
    nextLook = nil
    if let look { nextLook = relation.instant(of: look) }
    ring.publish()
  }

  /// Publishes which streams share a wake-up, if that has changed since `members`.
  @_noLocks @_noAllocation
  private mutating func reportSharing(_ members: UInt64) {
    var changed = (moderation.members ^ members) & moderation.present
    while let place = changed.popLowest() {
      let shares: UInt64 = moderation.members.has(place) ? 1 : 0
      unsafe receivers[place].statistics.counters.pointee.sharesWakeUp.set(shares)
    }
  }

  /// Waits for the sockets of streams whose packets are overdue, and sets the time at which all others that are
  /// not waited for are read.
  @_noLocks @_noAllocation
  private mutating func setGuard() {
    nextGuard = nil
    guard moderation.members != 0 else { return }
    let reserve = DeviceFormat.rate.frames(in: WakeModeration.reserve)
    var earliest: DeviceFrame?
    var rest = moderation.members
    while let place = rest.popLowest() {
      guard let due = receivers[place].nextDue(), moment.playHead < due - reserve else {
        moderation.watch(place)
        continue
      }
      earliest = min(earliest ?? due, due)
    }
    if let earliest { nextGuard = relation.instant(of: earliest - reserve) }
  }

  @_noLocks @_noAllocation
  private mutating func handOver(_ index: Int) {
    var record = receivers[index].statistics.takeGlitch()
    record.receiver = index
    _ = glitches.push(record)
  }

  // Bounded by the queue's capacity: what is pushed meanwhile waits for the next round.
  @_noLocks @_noAllocation
  private mutating func applyCommands() {
    for _ in 0..<256 {
      guard let command = commands.pop() else { return }
      switch command {
      case .start(let index, let settings, let counters):
        unsafe receivers.put(Receiver(settings, counters: counters), at: index)
        moderation.start(index)
        hasNewRequests = true
      case .equip(let index, let resampler):
        if receivers.has(index) { receivers[index].playout.equip(resampler) }
      case .stop(let index):
        receivers.remove(at: index)
        moderation.stop(index)
        hasNewRequests = true
        _ = returns.push(.receiverStopped(index))
      }
    }
  }
}
