// SPDX-License-Identifier: MIT
internal import MediaClock

/// Controls the delay of a stream that is placed by arrival. The link offset is the minimum; bursts need their
/// own length in addition (BUF-02, CLK-05).
///
/// | state | event | then |
/// |---|---|---|
/// | measuring | a late packet | requests the delay that it needs, at once |
/// | measuring | a second with packets; half a second if some were late | settled: stays if that fits, or moves once |
/// | settled | late packets in four windows in a row, or in most of many | moves to the delay that they needed |
/// | any | the stream is placed again | measuring |
///
/// A settled delay is never shortened, so that it cannot oscillate.
struct DelayControl: BitwiseCopyable {
  /// The longest delay in frames; the capture ring holds that, and a burst.
  static var maximum: Int64 { @_noLocks @_noAllocation get { DeviceFormat.milliseconds(300) } }
  /// The number of windows without late packets that outweigh one with late packets.
  private static var weight: Int { 4 }
  private static var enough: Int { 16 }

  /// The requested delay in frames; 0 until it is measured.
  private(set) var requested: Int64 = 0
  private var measuring = ArrivalShape.depth
  private var pressure = 0
  /// True if a longer delay was requested during the measurement.
  private var isWidened = false
  private var slowest = TopTwo()

  @_noLocks @_noAllocation
  init() {}

  /// Returns true if the delay fits the stream, as far as that is known.
  var isSettled: Bool { @_noLocks @_noAllocation get { measuring == 0 } }

  /// Begins a new measurement; the present delay remains until it ends.
  @_noLocks @_noAllocation
  mutating func begin() {
    measuring = ArrivalShape.depth
    isWidened = false
    pressure = 0
    slowest = TopTwo()
  }

  /// The link offset that packets need if the slowest had this transit, in frames: an eighth more, and at least
  /// a quarter of a packet.
  @_noLocks @_noAllocation
  static func need(_ transit: Int64, packet: Int64) -> Int64 {
    transit + 1 + max(OffsetControl.guardFrames(packet), transit / 8)
  }

  @_noLocks @_noAllocation
  private static func target(_ need: Int64, _ floor: Int64) -> Int64 {
    guard need > floor else { return floor }
    let millisecond = DeviceFormat.milliseconds(1)
    return max(floor, min((need + millisecond - 1) / millisecond * millisecond, maximum))
  }

  /// Considers a late packet during the measurement. Returns true if a longer delay is requested.
  ///
  /// - Parameter transit: frames since its first was sampled, and the lead that it needs.
  @_noLocks @_noAllocation
  mutating func widen(_ transit: Int64, packet: Int64, offset: Int64) -> Bool {
    let asked = DelayControl.target(DelayControl.need(transit, packet: packet), offset)
    guard asked > max(requested, offset) else { return false }
    requested = asked
    isWidened = true
    return true
  }

  /// Judges a window that has ended.
  ///
  /// - Parameters:
  ///   - shape: the arrivals of the last second.
  ///   - offset: the link offset in force.
  ///   - floor: the minimum link offset.
  ///   - lead: frames by which a packet must arrive before its first frame is due.
  /// - Returns: nil if nothing changes; otherwise the number of frames by which the packets' places must move,
  ///   so that the fastest packet counts as sampled just before its arrival. The audio itself does not move.
  @_noLocks @_noAllocation
  mutating func close(
    _ window: ArrivalWindow, _ shape: ArrivalShape, offset: Int64, floor: Int64, lead: Int64
  ) -> Int64? {
    guard measuring == 0 else {
      measuring -= 1
      if window.late > 0, shape.burst > 0 { measuring = 0 }
      return measuring > 0 ? nil : settle(window, shape, offset: offset, floor: floor, lead: lead)
    }
    guard window.late > 0 else {
      pressure = max(0, pressure - 1)
      if pressure == 0 { slowest = TopTwo() }
      return nil
    }
    pressure += DelayControl.weight
    slowest.note(window.slowest)
    guard pressure >= DelayControl.enough else { return nil }
    let need = DelayControl.need(slowest.second + lead, packet: window.longest)
    let asked = DelayControl.target(need, floor)
    pressure = 0
    slowest = TopTwo()
    guard asked > max(requested, offset) else { return nil }
    requested = asked
    return 0
  }

  @_noLocks @_noAllocation
  private mutating func settle(
    _ window: ArrivalWindow, _ shape: ArrivalShape, offset: Int64, floor: Int64, lead: Int64
  ) -> Int64 {
    let fastest = whole(shape.fastest)
    let need = DelayControl.need(shape.burst + lead, packet: window.longest)
    let target = DelayControl.target(need, floor)
    let held = offset - fastest
    let slack = max(DeviceFormat.milliseconds(1), target / 8)
    let tolerance = isWidened ? 0 : DeviceFormat.milliseconds(1)
    guard held >= need, held >= floor - tolerance, held <= target + slack else {
      requested = target
      return fastest
    }
    // The present delay fits, and so small a difference is not worth a change.
    let isNear = fastest.magnitude <= DeviceFormat.milliseconds(1)
    requested = isNear ? offset : held
    return isNear ? 0 : fastest
  }
}
