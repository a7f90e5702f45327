// SPDX-License-Identifier: MIT
public import CSharedMemory
public import MediaClock
internal import RTP
public import RealTime

/// What the control side asks of the transmit thread.
@safe
public enum TransmitCommand: BitwiseCopyable {
  /// A program opened the device for playback.
  case attach(slot: Int, PlaybackSource)
  /// It is gone: play what is queued, then give the slot back.
  case retire(slot: Int)
  case start(sender: Int, SenderSettings, UnsafePointer<SenderCounters>)
  case stop(sender: Int)
}

/// What the transmit thread gives back.
public enum TransmitReturn: BitwiseCopyable, Equatable, Sendable {
  case slotRetired(Int)
  case senderStopped(Int)
}

/// A packet that the engine has written: its length, and whose it is.
public struct OutgoingPacket: BitwiseCopyable, Equatable, Sendable {
  public var sender: Int
  /// In bytes, RTP header included.
  public var length: Int
  /// When its last frame had passed.
  public var due: MonotonicInstant
}

/// From the rings of all playing programs to RTP packets: the sending half of the sound card.
///
/// Owned by the transmit thread. `advance(to:)` takes over commands, the clock and what clients
/// published; then `nextPacket(into:)` is called until it says nil; `deadline` is when to come back.
@safe
public struct TransmitEngine: ~Copyable {
  public static var greatestSenders: Int { @_noLocks @_noAllocation get { 64 } }
  public static var slots: Int { @_noLocks @_noAllocation get { Int(AES67_PLAYBACK_SLOTS) } }
  /// Room that `nextPacket(into:)` needs: header, payload, and the packer's last byte.
  public static var packetCapacity: Int {
    @_noLocks @_noAllocation get { RTPHeader.size + greatestPayload + 1 }
  }

  // Safety: the device page outlives the engine.
  private let device: UnsafeMutablePointer<aes67_device>
  private let commands: CommandQueue<TransmitCommand>
  private let returns: CommandQueue<TransmitReturn>
  /// How much later than due a packet may still leave (SND-01): a time, and a number of packets.
  private let greatestLatenessFrames: Int64
  /// Sends back what was received, too.
  private let reflection: Reflection?

  private var clock: SharedClock
  private var block: SampleBlock
  private var senders = InlineArray<64, Sender?>(repeating: nil)
  private var routes = InlineArray<64, ChannelRoute>(repeating: ChannelRoute())
  private var senderLimit = 0
  private var sources = InlineArray<16, PlaybackSource?>(repeating: nil)
  private var retiring = InlineArray<16, DeviceFrame?>(repeating: nil)

  private var reading: DeviceClock
  private var now: DeviceFrame

  /// - Parameters:
  ///   - scratch: room for `SampleBlock.capacity` samples, for the engine alone.
  ///   - greatestLatenessFrames: a packet due longer ago is dropped; 17 ms is 816 frames. 17 packets
  ///     are the limit where that is less.
  ///   - reflects: whether what is captured is sent as well, for measurements from the other end.
  public init(
    device: UnsafeMutablePointer<aes67_device>, commands: CommandQueue<TransmitCommand>,
    returns: CommandQueue<TransmitReturn>, scratch: UnsafeMutablePointer<Int32>,
    greatestLatenessFrames: Int64, reflects: Bool = false
  ) {
    unsafe self.device = unsafe device
    self.commands = commands
    self.returns = returns
    self.greatestLatenessFrames = greatestLatenessFrames
    reflection = unsafe reflects ? Reflection(device) : nil
    unsafe clock = SharedClock(aes67_device_clock(device))
    unsafe block = SampleBlock(scratch)
    reading = clock.read()
    now = DeviceFrame(0)
  }

  /// Takes over everything that changed outside and drops what is too late.
  @_noLocks @_noAllocation
  public mutating func advance(to instant: MonotonicInstant) {
    unsafe aes67_device_beat(device, instant.nanoseconds)
    let before = reading.mediaOffset
    reading = clock.read()
    now = max(now, reading.relation.frame(at: instant))
    applyCommands()
    let media = reading.mediaOffset.media(now)
    for index in 0..<senderLimit {
      guard var sender = senders[index] else { continue }
      if before.frames != reading.mediaOffset.frames {
        sender.rebase(from: before, to: reading.mediaOffset)
      }
      sender.drop(olderThan: min(greatestLatenessFrames, 17 * sender.frames), at: media)
      senders[index] = sender
    }
    for slot in 0..<TransmitEngine.slots {
      guard var source = sources[slot] else { continue }
      source.refresh()
      sources[slot] = source
      giveBack(slot, source)
    }
  }

  /// Writes the packet that has been due longest into `bytes`; nil when none is due.
  @_noLocks @_noAllocation
  public mutating func nextPacket(into bytes: inout MutableRawSpan) -> OutgoingPacket? {
    let media = reading.mediaOffset.media(now)
    var chosen = -1
    var earliest = media + 1
    for index in 0..<senderLimit {
      if let sender = senders[index], sender.due < earliest {
        earliest = sender.due
        chosen = index
      }
    }
    guard chosen >= 0, var sender = senders[chosen] else { return nil }
    let first = reading.mediaOffset.device(sender.next)
    let due = reading.instant(of: sender.due)
    sender.stepPacket(into: &bytes)
    senders[chosen] = sender
    block.begin(channels: routes[chosen].channels, frames: Int(sender.frames))
    for run in 0..<routes[chosen].count { mix(routes[chosen][run], at: first) }
    let payload = block.write(into: &bytes, at: RTPHeader.size)
    return OutgoingPacket(sender: chosen, length: RTPHeader.size + payload, due: due)
  }

  /// Sums what all programs play on these channels.
  @_noLocks @_noAllocation
  private func mix(_ columns: Columns, at first: DeviceFrame) {
    for slot in 0..<TransmitEngine.slots { sources[slot]?.add(to: block, columns, at: first) }
    reflection?.add(to: block, columns, at: first)
  }

  /// When the next packet is due, but at most `limit` from `instant`.
  @_noLocks @_noAllocation
  public func deadline(after instant: MonotonicInstant, limit: Interval) -> MonotonicInstant {
    var earliest = instant + limit
    for index in 0..<senderLimit {
      guard let sender = senders[index] else { continue }
      earliest = min(earliest, reading.instant(of: sender.due))
    }
    return earliest
  }

  // Bounded by the queue's capacity: what is pushed meanwhile waits for the next round.
  @_noLocks @_noAllocation
  private mutating func applyCommands() {
    for _ in 0..<256 {
      guard let command = commands.pop() else { return }
      switch command {
      case .attach(let slot, let source):
        sources[slot] = source
        retiring[slot] = nil
      case .retire(let slot):
        // A client that never says where its audio ends gets a ring's length.
        retiring[slot] = now + Int64(AES67_RING_FRAMES)
      case .start(let index, let settings, let counters):
        routes[index] = settings.route
        senders[index] = unsafe Sender(
          settings, counters: counters, from: reading.mediaOffset.media(now))
        senderLimit = max(senderLimit, index + 1)
      case .stop(let index):
        senders[index] = nil
        _ = returns.push(.senderStopped(index))
      }
    }
  }

  @_noLocks @_noAllocation
  private mutating func giveBack(_ slot: Int, _ source: PlaybackSource) {
    guard let limit = retiring[slot] else { return }
    // The packet under way still needs the last frames before `now`.
    let settled = now + -Int64(PacketTime.greatestFrames) + -greatestLatenessFrames
    guard now >= limit || source.isDone(at: settled) else { return }
    guard returns.push(.slotRetired(slot)) else { return }
    sources[slot] = nil
    retiring[slot] = nil
  }
}
