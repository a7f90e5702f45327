// SPDX-License-Identifier: MIT
public import MediaClock

/// How far an automatic link offset may go, in packets.
public struct OffsetBounds: Hashable, Sendable, BitwiseCopyable {
  public var minimum: Int
  public var maximum: Int

  public init(minimum: Int, maximum: Int) {
    self.minimum = minimum
    self.maximum = maximum
  }
}

/// Which link offset a receiver needs, judged by how long its packets were under way (BUF-02).
///
/// | state | event | then |
/// |---|---|---|
/// | measuring | 3 s with packets | asks for what the slowest of them needed |
/// | measuring, settled | a packet came too late, or just in time | asks for what it needed, at once |
/// | settled | 60 s in which a smaller one would have done | asks for that |
///
/// What has once been too small is not tried again for an hour: so the offset cannot oscillate. A delay
/// that even the greatest offset cannot hold is no reason to widen, nor is what follows on its heels.
///
/// A packet is the longest of the present second and of the last one: senders take turns with two lengths, or
/// send a short one after four long ones.
public struct OffsetControl: BitwiseCopyable {
  /// In frames.
  private static var second: Int64 { DeviceFormat.second }
  private static var hour: Int64 { 3600 * DeviceFormat.second }
  private static var measuringSeconds: Int { 3 }
  private static var calmSeconds: Int { 60 }

  public let bounds: OffsetBounds
  /// What the receiver asks for, in frames; 0 until it knows.
  public private(set) var requested: Int64 = 0
  /// The greatest transit of the last whole second with packets, in frames; for the status.
  public private(set) var worstTransit: Int64 = 0

  /// The longest of this second, and the one that bounds are counted in, in frames.
  private var longest: Int64 = 0
  private var packet: Int64 = 0
  private var secondStart = DeviceFrame(0)
  private var secondWorst = Int64.min
  private var calmWorst: Int64 = 0
  private var calm = 0
  private var insufficient: Int64 = 0
  private var insufficientUntil = DeviceFrame(0)
  private var isStalled = false
  /// The greatest need that was considered in this second, with the present lengths; `.min` if none was.
  private var considered = Int64.min

  @_noLocks @_noAllocation
  public init(_ bounds: OffsetBounds) { self.bounds = bounds }

  /// What must remain between a packet's arrival and its first frame: a quarter of a packet, 62 us at
  /// least.
  @_noLocks @_noAllocation
  static func guardFrames(_ packet: Int64) -> Int64 { max(3, packet / 4) }

  /// Notes that a packet of `frames` came `transit` frames after its first was sampled, while `offset`
  /// was in force. Returns true if the wish has changed.
  @_noLocks @_noAllocation
  public mutating func note(
    transit: Int64, frames: Int64, offset: Int64, at now: DeviceFrame
  ) -> Bool {
    // Nearly every packet: no division for what is known to be enough.
    let plain = transit + 1 + OffsetControl.guardFrames(packet)
    if plain <= considered, plain <= offset, frames <= longest,
      now - secondStart < OffsetControl.second
    {
      isStalled = false
      return false
    }
    return consider(transit: transit, frames: frames, offset: offset, at: now)
  }

  @_noLocks @_noAllocation
  private mutating func consider(
    transit: Int64, frames: Int64, offset: Int64, at now: DeviceFrame
  ) -> Bool {
    if frames > longest { lengthen(frames, at: now) }
    var hasChanged = false
    if now - secondStart >= OffsetControl.second { hasChanged = closeSecond(offset, at: now) }
    let need = transit + 1 + OffsetControl.guardFrames(packet)
    if need <= offset { isStalled = false }
    guard !isStalled else { return hasChanged }
    let packets = (need + packet - 1) / packet
    guard packets <= Int64(bounds.maximum) else {
      isStalled = true
      return hasChanged
    }
    secondWorst = max(secondWorst, need)
    considered = max(considered, need)
    guard packets * packet > requested, requested > 0 || need > offset else { return hasChanged }
    insufficient = max(insufficient, requested > 0 ? requested : offset)
    insufficientUntil = now + OffsetControl.hour
    return ask(for: packets) || hasChanged
  }

  @_noLocks @_noAllocation
  private mutating func lengthen(_ frames: Int64, at now: DeviceFrame) {
    if longest == 0 { secondStart = now }
    longest = frames
    packet = max(packet, frames)
    considered = .min
  }

  @_noLocks @_noAllocation
  private mutating func closeSecond(_ offset: Int64, at now: DeviceFrame) -> Bool {
    // A second without packets says nothing.
    secondStart = now
    packet = longest
    longest = 1
    considered = .min
    guard secondWorst != .min else { return false }
    worstTransit = secondWorst - 1 - OffsetControl.guardFrames(packet)
    calmWorst = max(calmWorst, secondWorst)
    secondWorst = .min
    calm += 1
    let enough = requested == 0 ? OffsetControl.measuringSeconds : OffsetControl.calmSeconds
    guard calm >= enough else { return false }
    if now >= insufficientUntil { insufficient = 0 }
    let packets = max((calmWorst + packet - 1) / packet, insufficient / packet + 1)
    calm = 0
    calmWorst = 0
    guard requested == 0 || packets * packet < requested else { return false }
    return ask(for: packets)
  }

  /// Keeps to the bounds, and to what a packet and a quarter of a millisecond need.
  @_noLocks @_noAllocation
  private mutating func ask(for packets: Int64) -> Bool {
    let floor = max(Int64(bounds.minimum), (packet + 12 + packet - 1) / packet)
    let asked = max(floor, min(packets, Int64(bounds.maximum))) * packet
    calm = 0
    calmWorst = 0
    guard asked != requested else { return false }
    requested = asked
    return true
  }
}
