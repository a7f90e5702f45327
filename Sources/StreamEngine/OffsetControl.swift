// SPDX-License-Identifier: MIT
public import MediaClock

/// The limits of an automatic link offset, in packets.
public struct OffsetBounds: Hashable, Sendable, BitwiseCopyable {
  public var minimum: Int
  public var maximum: Int

  public init(minimum: Int, maximum: Int) {
    self.minimum = minimum
    self.maximum = maximum
  }
}

/// Finds the link offset that a receiver needs, by the transit of its packets (BUF-02).
///
/// | state | event | then |
/// |---|---|---|
/// | measuring | 3 s with packets | requests the offset that the slowest of them needed |
/// | measuring, settled | a packet arrived too late, or barely in time | requests the offset that it needed, at once |
/// | settled | 60 s in which a smaller offset would have sufficed | requests that |
///
/// A value that was once too small is not tried again for an hour, so that the offset cannot oscillate. A delay
/// beyond the greatest offset does not increase the offset, nor do the packets that follow directly.
///
/// The length of a packet is that of the longest one of the present and the last second: some senders alternate
/// between two lengths, or send a short packet after four long ones.
public struct OffsetControl: BitwiseCopyable {
  /// Intervals in frames.
  private static var second: Int64 { DeviceFormat.second }
  private static var hour: Int64 { 3600 * DeviceFormat.second }
  private static var measuringSeconds: Int { 3 }
  private static var calmSeconds: Int { 60 }

  public let bounds: OffsetBounds
  /// The requested offset in frames; 0 until it is known.
  public private(set) var requested: Int64 = 0
  /// The greatest transit of the last complete second with packets, in frames; for the status.
  public private(set) var worstTransit: Int64 = 0

  /// The longest packet of this second, and the packet length in which the limits are counted, in frames.
  private var longest: Int64 = 0
  private var packet: Int64 = 0
  private var secondStart = DeviceFrame(0)
  private var secondWorst = Int64.min
  private var calmWorst: Int64 = 0
  private var calm = 0
  private var insufficient: Int64 = 0
  private var insufficientUntil = DeviceFrame(0)
  private var isStalled = false
  /// The greatest need in this second with the present lengths; `.min` if none was considered.
  private var considered = Int64.min

  @_noLocks @_noAllocation
  public init(_ bounds: OffsetBounds) { self.bounds = bounds }

  /// The reserve between a packet's arrival and its first frame: a quarter of a packet, at least 62 us.
  @_noLocks @_noAllocation
  static func guardFrames(_ packet: Int64) -> Int64 { max(3, packet / 4) }

  /// Notes a packet of `frames` that arrived `transit` frames after its first one was sampled, while `offset`
  /// was in force. Returns true if another offset is requested.
  @_noLocks @_noAllocation
  public mutating func note(
    transit: Int64, frames: Int64, offset: Int64, at now: DeviceFrame
  ) -> Bool {
    // Nearly every packet returns here, without a division, because its need is known to fit.
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
    // A second without packets has no information.
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

  /// Requests an offset within the limits, of at least a packet and a quarter of a millisecond.
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
