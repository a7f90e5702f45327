// SPDX-License-Identifier: MIT
public import CSharedMemory
public import MediaClock
public import RealTime

/// What the control side asks of the receive thread.
@safe
public enum ReceiveCommand: BitwiseCopyable {
  /// Counters and resampler stay the receiver's until it has been given back; the latter is made for as
  /// many channels.
  case start(receiver: Int, ReceiverSettings, UnsafePointer<ReceiverCounters>, Resampler)
  case stop(receiver: Int)
}

/// What the receive thread gives back.
public enum ReceiveReturn: BitwiseCopyable, Equatable, Sendable {
  case receiverStopped(Int)
}

/// From RTP packets to the capture ring: the receiving half of the sound card.
///
/// Owned by the receive thread. `advance(to:)` takes over commands and the clock and silences what
/// comes into the window; then each packet of a batch goes through `receive`; `publish()` ends it.
@safe
public struct ReceiveEngine: ~Copyable {
  public static var maximumReceivers: Int { 64 }

  /// Bytes that the receivers need.
  public static var memoryByteCount: Int { InPlaceArray<Receiver>.byteCount(maximumReceivers) }

  private let commands: CommandQueue<ReceiveCommand>
  private let returns: CommandQueue<ReceiveReturn>
  private let glitches: CommandQueue<GlitchRecord>
  private var clock: SharedClock
  private var relation: ClockRelation
  var ring: CaptureRing
  var receivers: InPlaceArray<Receiver>
  /// Some receiver wants another link offset, came, or went.
  var hasNewWishes = false
  var moment: ReceiveMoment
  /// When the thread should look again even if no packet comes, because some stream's audio ends then
  /// unless more of it has come; nil when no stream sounds. As of the last `publish()`.
  public private(set) var nextLook: MonotonicInstant?

  /// Returns true if packets are waited for at all.
  public var hasReceivers: Bool {
    @_noLocks @_noAllocation get { receivers.next(from: 0) != nil }
  }

  /// - Parameters:
  ///   - device: outlives the engine.
  ///   - memory: `memoryByteCount` bytes, aligned for a pointer, for the engine alone; outlives it.
  ///   - glitches: takes what can be heard, for later; what does not fit is not kept.
  public init(
    device: UnsafeMutablePointer<aes67_device>, memory: UnsafeMutableRawPointer,
    commands: CommandQueue<ReceiveCommand>, returns: CommandQueue<ReceiveReturn>,
    glitches: CommandQueue<GlitchRecord>
  ) {
    unsafe receivers = InPlaceArray(in: memory, capacity: ReceiveEngine.maximumReceivers)
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
    moment.offset = reading.mediaOffset
    moment.now = max(moment.now, reading.relation.frame(at: instant))
    applyCommands()
    ring.advance(to: moment.now)
    var index = receivers.next(from: 0)
    while let place = index {
      receivers[place].settle(at: moment)
      index = receivers.next(from: place + 1)
    }
    if hasNewWishes { shareOffsets() }
  }

  /// Takes in one packet that came on the socket of receiver `index`.
  @_noLocks @_noAllocation
  public mutating func receive(_ bytes: RawSpan, from source: PacketSource, receiver index: Int) {
    guard receivers.has(index) else { return }
    receivers[index].receive(bytes, from: source, at: moment, into: &ring)
  }

  /// Ends a batch: lets streams die away that brought nothing, and makes everything visible to
  /// capturing programs.
  @_noLocks @_noAllocation
  public mutating func publish() {
    var look: DeviceFrame?
    var index = receivers.next(from: 0)
    while let place = index {
      receivers[place].dieAway(at: moment, in: &ring)
      if let end = receivers[place].nextLook { look = min(look ?? end, end) }
      if receivers[place].takeNewWish() { hasNewWishes = true }
      if receivers[place].statistics.glitches.isComplete(at: moment.now) { handOver(place) }
      index = receivers.next(from: place + 1)
    }
    nextLook = nil
    if let look { nextLook = relation.instant(of: look) }
    ring.publish()
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
      case .start(let index, let settings, let counters, let resampler):
        unsafe receivers.put(Receiver(settings, counters: counters, resampler), at: index)
        hasNewWishes = true
      case .stop(let index):
        receivers.remove(at: index)
        hasNewWishes = true
        _ = returns.push(.receiverStopped(index))
      }
    }
  }
}
