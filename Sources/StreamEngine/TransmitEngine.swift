// SPDX-License-Identifier: MIT
public import CSharedMemory
public import MediaClock
internal import RTP
public import RealTime

/// A command of the control side to the transmit thread.
@safe
public enum TransmitCommand: BitwiseCopyable {
  /// A program has opened the device for playback.
  case attach(slot: Int, PlaybackSource)
  /// A program has ended: play its queued audio, then return the slot.
  case retire(slot: Int)
  case start(sender: Int, SenderSettings, UnsafePointer<SenderCounters>)
  case stop(sender: Int)
  /// New values for the settings that the engine was made with.
  case adjust(maximumLatenessFrames: Int64, echoes: Bool)
}

/// An object that the transmit thread returns.
public enum TransmitReturn: BitwiseCopyable, Equatable, Sendable {
  case slotRetired(Int)
  case senderStopped(Int)
}

/// A packet that the engine has written: its length and its sender.
public struct OutgoingPacket: BitwiseCopyable, Equatable, Sendable {
  public var sender: Int
  /// The length in bytes, including the RTP header.
  public var length: Int
  /// The time at which its last frame had passed.
  public var due: MonotonicInstant
}

/// The sending half of the sound card: from the rings of all playing programs to RTP packets.
///
/// Owned by the transmit thread. `advance(to:)` handles commands, and reads the clock and the clients' rings.
/// Then `nextPacket(into:)` is called until it returns nil; `deadline` is the time of the next round.
@safe
public struct TransmitEngine: ~Copyable {
  static let maximumSenders = 64
  static let slots = Int(AES67_PLAYBACK_SLOTS)
  /// The memory that the senders and the playing programs need, in bytes.
  public static var memoryByteCount: Int {
    InPlaceArray<Sender>.byteCount(maximumSenders) + InPlaceArray<ClientPlayback>.byteCount(slots)
  }
  /// The buffer size that `nextPacket(into:)` needs: header, payload, and the packer's last byte.
  public static var packetCapacity: Int {
    @_noLocks @_noAllocation get { RTPHeader.size + maximumPayload + 1 }
  }

  // Safety: the device page outlives the engine.
  private let device: UnsafeMutablePointer<aes67_device>
  private let commands: CommandQueue<TransmitCommand>
  private let returns: CommandQueue<TransmitReturn>
  /// The maximum lateness of a sent packet (SND-01): a time, and a number of packets.
  private var maximumLatenessFrames: Int64
  /// Also sends the received audio, if set.
  private var echo: Echo?

  private var clock: SharedClock
  private var block: SampleBlock
  private var senders: InPlaceArray<Sender>
  private var playbacks: InPlaceArray<ClientPlayback>
  /// The start of the search for the next packet: no sender's is due before `earliest`, and none below
  /// `position` at that time.
  private var search = (position: 0, earliest: MediaFrame(0))

  private var reading: DeviceClock
  private var now: DeviceFrame

  /// - Parameters:
  ///   - device: outlives the engine.
  ///   - memory: `memoryByteCount` bytes, aligned for a pointer, for the engine alone; outlives it.
  ///   - scratch: room for `SampleBlock.capacity` samples, for the engine alone.
  ///   - maximumLatenessFrames: a packet due longer ago is dropped; 17 ms is 816 frames. The limit is 17
  ///     packets if that is less.
  ///   - echoes: true to send the received audio as well, for measurements from the far end.
  public init(
    device: UnsafeMutablePointer<aes67_device>, memory: UnsafeMutableRawPointer,
    commands: CommandQueue<TransmitCommand>, returns: CommandQueue<TransmitReturn>,
    scratch: UnsafeMutablePointer<Int32>, maximumLatenessFrames: Int64, echoes: Bool = false
  ) {
    unsafe self.device = unsafe device
    self.commands = commands
    self.returns = returns
    self.maximumLatenessFrames = maximumLatenessFrames
    echo = unsafe echoes ? Echo(device) : nil
    unsafe clock = SharedClock(aes67_device_clock(device))
    unsafe block = SampleBlock(scratch)
    unsafe senders = InPlaceArray(in: memory, capacity: TransmitEngine.maximumSenders)
    unsafe playbacks = InPlaceArray(
      in: memory + InPlaceArray<Sender>.byteCount(TransmitEngine.maximumSenders),
      capacity: TransmitEngine.slots)
    reading = clock.read()
    now = DeviceFrame(0)
  }

  /// Handles commands, reads the clock and the clients' rings, and drops packets that are too late.
  @_noLocks @_noAllocation
  public mutating func advance(to instant: MonotonicInstant) {
    unsafe aes67_device_beat(device, instant.nanoseconds)
    let before = reading.mediaOffset
    reading = clock.read()
    now = max(now, reading.relation.frame(at: instant))
    // Before the commands: senders that start now have the new offset already.
    if before.frames != reading.mediaOffset.frames { rebase(from: before) }
    applyCommands()
    let media = reading.mediaOffset.media(now)
    var index = senders.next(from: 0)
    while let place = index {
      senders[place].drop(olderThan: maximumLatenessFrames, at: media)
      index = senders.next(from: place + 1)
    }
    findEarliest()
    index = playbacks.next(from: 0)
    while let place = index {
      playbacks[place].source.refresh()
      giveBack(place)
      index = playbacks.next(from: place + 1)
    }
  }

  @_noLocks @_noAllocation
  private mutating func rebase(from old: MediaOffset) {
    var index = senders.next(from: 0)
    while let place = index {
      senders[place].rebase(from: old, to: reading.mediaOffset)
      index = senders.next(from: place + 1)
    }
  }

  /// Writes the packet that has been due longest into `bytes`. Returns nil if none is due.
  @_noLocks @_noAllocation
  public mutating func nextPacket(into bytes: inout MutableRawSpan) -> OutgoingPacket? {
    guard let place = nextSender() else { return nil }
    let first = reading.mediaOffset.device(senders[place].next)
    let due = reading.instant(of: senders[place].due)
    block.begin(
      channels: senders[place].route.channels, frames: Int(senders[place].frames))
    var run = 0
    while run < senders[place].route.count {
      mix(senders[place].route[run], at: first)
      run += 1
    }
    senders[place].stepPacket(into: &bytes)
    let payload = block.write(into: &bytes, at: RTPHeader.size)
    return OutgoingPacket(sender: place, length: RTPHeader.size + payload, due: due)
  }

  /// The sender whose packet has been due longest, the first of several equal ones; nil if none is due.
  ///
  /// The search continues from the last result, so that a round does not check all senders for each packet.
  // Bounded: once more after `findEarliest` finds one.
  @_noLocks @_noAllocation
  private mutating func nextSender() -> Int? {
    let media = reading.mediaOffset.media(now)
    while search.earliest <= media {
      var index = senders.next(from: search.position)
      while let place = index {
        search.position = place + 1
        if senders[place].due <= search.earliest { return place }
        index = senders.next(from: place + 1)
      }
      findEarliest()
    }
    return nil
  }

  @_noLocks @_noAllocation
  private mutating func findEarliest() {
    search = (0, MediaFrame(.max))
    var index = senders.next(from: 0)
    while let place = index {
      search.earliest = min(search.earliest, senders[place].due)
      index = senders.next(from: place + 1)
    }
  }

  /// Mixes the audio of all programs on these channels.
  // Inlined: a call that changes nothing would be given a copy of the whole engine.
  @inline(__always) @_noLocks @_noAllocation
  private func mix(_ columns: Columns, at first: DeviceFrame) {
    var index = playbacks.next(from: 0)
    while let place = index {
      playbacks[place].source.add(to: block, columns, at: first)
      index = playbacks.next(from: place + 1)
    }
    echo?.add(to: block, columns, at: first)
  }

  /// The time at which the next packet is due, but at most `limit` after `instant`. Valid once
  /// `nextPacket(into:)` has returned nil.
  @_noLocks @_noAllocation
  public func deadline(after instant: MonotonicInstant, limit: Interval) -> MonotonicInstant {
    guard senders.next(from: 0) != nil else { return instant + limit }
    return min(instant + limit, reading.instant(of: search.earliest))
  }

  // Bounded by the queue's capacity: what is pushed meanwhile waits for the next round.
  @_noLocks @_noAllocation
  private mutating func applyCommands() {
    for _ in 0..<256 {
      guard let command = commands.pop() else { return }
      switch command {
      case .attach(let slot, let source):
        playbacks.put(ClientPlayback(source), at: slot)
      case .retire(let slot):
        // A client that has not published an end gets a ring's length.
        if playbacks.has(slot) { playbacks[slot].limit = now + Int64(AES67_RING_FRAMES) }
      case .start(let index, let settings, let counters):
        unsafe senders.put(
          Sender(settings, counters: counters, from: reading.mediaOffset.media(now)), at: index)
      case .stop(let index):
        senders.remove(at: index)
        _ = returns.push(.senderStopped(index))
      case .adjust(let lateness, let echoes):
        maximumLatenessFrames = lateness
        echo = unsafe echoes ? Echo(device) : nil
      }
    }
  }

  @_noLocks @_noAllocation
  private mutating func giveBack(_ slot: Int) {
    guard let limit = playbacks[slot].limit else { return }
    // The present packet still needs the last frames before `now`.
    let settled = now - Int64(PacketTime.maximumFrames) - maximumLatenessFrames
    guard now >= limit || playbacks[slot].source.isDone(at: settled) else { return }
    guard returns.push(.slotRetired(slot)) else { return }
    playbacks.remove(at: slot)
  }
}
