// SPDX-License-Identifier: MIT
package import MediaClock

/// A packet that came, as ``WakeModeration`` sees it.
package struct PacketArrival: BitwiseCopyable {
  /// The IPv4 address of the host that sent it.
  package var source: UInt32
  package var packetTime: Interval
  /// From now until the packet's first frame is heard.
  package var margin: Interval

  @_noLocks @_noAllocation
  package init(source: UInt32, packetTime: Interval, margin: Interval) {
    self.source = source
    self.packetTime = packetTime
    self.margin = margin
  }
}

/// When a stream's packets come: in which part of each packet time, how regularly, and how early. Measured while
/// its socket is waited for.
struct ArrivalRhythm: BitwiseCopyable {
  /// Of the last packet; zero before the first.
  private(set) var source: UInt32 = 0
  private(set) var packetTime = Interval(nanoseconds: 0)
  private(set) var last = MonotonicInstant(nanoseconds: .min / 2)

  // Of the present measurement.
  private var firstPhase: Int64 = 0
  private var deviations: Int64 = 0
  private var count: Int64 = 0
  /// Packets that came a packet time after the one before, give or take half of it.
  private(set) var regular: Int64 = 0
  /// The least margin.
  private(set) var margin = Interval(nanoseconds: .max)

  @_noLocks @_noAllocation
  init() {}

  /// Notes a packet. Returns true if it says something new: the stream begins, comes back, or comes from another host
  /// or with another packet time.
  @_noLocks @_noAllocation
  mutating func note(_ packet: PacketArrival, at now: MonotonicInstant) -> Bool {
    let pause = now - last
    let isNew =
      source != packet.source || packetTime.nanoseconds != packet.packetTime.nanoseconds
      || pause.nanoseconds > 8 * packetTime.nanoseconds
    source = packet.source
    packetTime = packet.packetTime
    last = now
    return isNew
  }

  /// Begins to measure.
  @_noLocks @_noAllocation
  mutating func beginMeasuring() {
    (deviations, count, regular) = (0, 0, 0)
    margin = Interval(nanoseconds: .max)
  }

  /// Measures a packet that comes `pause` after the one before.
  ///
  /// - Parameter start: of the measurement, the same for all streams.
  @_noLocks @_noAllocation
  mutating func measure(
    _ packet: PacketArrival, pause: Interval, at now: MonotonicInstant,
    since start: MonotonicInstant
  ) {
    let length = packet.packetTime.nanoseconds
    guard length > 0 else { return }
    let phase = (now - start).nanoseconds % length
    if count == 0 { firstPhase = phase }
    deviations += ArrivalRhythm.wrapped(phase - firstPhase, length)
    count += 1
    if abs(pause.nanoseconds - length) <= length / 2 { regular += 1 }
    margin = min(margin, packet.margin)
  }

  /// In which part of the packet time its packets come, in nanoseconds.
  var phase: Int64 {
    @_noLocks @_noAllocation get {
      count == 0
        ? 0 : ArrivalRhythm.wrapped(firstPhase + deviations / count, packetTime.nanoseconds)
    }
  }

  /// How much later in the packet time than at `origin` its packets come, in nanoseconds.
  @_noLocks @_noAllocation
  func distance(behind origin: Int64) -> Int64 {
    let distance = (phase - origin) % packetTime.nanoseconds
    return distance < 0 ? distance + packetTime.nanoseconds : distance
  }

  /// Returns true if packets came regularly during a measurement that took `length`.
  @_noLocks @_noAllocation
  func isRegular(over length: Interval) -> Bool {
    packetTime.nanoseconds > 0
      && 4 * (regular + 1) * packetTime.nanoseconds >= 3 * length.nanoseconds
  }

  /// The same phase, less than half a packet time from zero.
  @_noLocks @_noAllocation
  private static func wrapped(_ phase: Int64, _ length: Int64) -> Int64 {
    let rest = phase % length
    if rest >= (length + 1) / 2 { return rest - length }
    return rest < -(length / 2) ? rest + length : rest
  }
}
