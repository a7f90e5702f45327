// SPDX-License-Identifier: MIT
package import MediaClock

/// The arrival of one packet, as ``WakeModeration`` needs it.
package struct PacketArrival: BitwiseCopyable {
  /// The IPv4 address of the sending host.
  package var source: UInt32
  package var packetTime: Interval
  /// The time from the arrival until the packet's first frame is played.
  package var margin: Interval

  @_noLocks @_noAllocation
  package init(source: UInt32, packetTime: Interval, margin: Interval) {
    self.source = source
    self.packetTime = packetTime
    self.margin = margin
  }
}

/// The rhythm of a stream's packets: their phase within the packet time, their regularity, and their margin.
/// Measured while the thread waits for the stream's socket.
struct ArrivalRhythm: BitwiseCopyable {
  /// The source of the last packet; zero before the first.
  private(set) var source: UInt32 = 0
  private(set) var packetTime = Interval(nanoseconds: 0)
  private(set) var last = MonotonicInstant(nanoseconds: .min / 2)

  // Of the present measurement.
  private var firstPhase: Int64 = 0
  private var deviations: Int64 = 0
  private var count: Int64 = 0
  /// Packets that arrived a packet time after the previous one, within half a packet time.
  private(set) var regular: Int64 = 0
  /// The smallest margin.
  private(set) var margin = Interval(nanoseconds: .max)

  @_noLocks @_noAllocation
  init() {}

  /// Notes a packet. Returns true if the stream has started, has come back, or has another source or packet
  /// time.
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

  /// Begins a measurement.
  @_noLocks @_noAllocation
  mutating func beginMeasuring() {
    (deviations, count, regular) = (0, 0, 0)
    margin = Interval(nanoseconds: .max)
  }

  /// Measures a packet that arrives `pause` after the previous one.
  ///
  /// - Parameter start: the start of the measurement, the same for all streams.
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

  /// The phase of the packets within the packet time, in nanoseconds.
  var phase: Int64 {
    @_noLocks @_noAllocation get {
      count == 0
        ? 0 : ArrivalRhythm.wrapped(firstPhase + deviations / count, packetTime.nanoseconds)
    }
  }

  /// The delay of the packets' phase behind `origin`, in nanoseconds.
  @_noLocks @_noAllocation
  func distance(behind origin: Int64) -> Int64 {
    let distance = (phase - origin) % packetTime.nanoseconds
    return distance < 0 ? distance + packetTime.nanoseconds : distance
  }

  /// Returns true if packets arrived regularly during a measurement of this `length`.
  @_noLocks @_noAllocation
  func isRegular(over length: Interval) -> Bool {
    packetTime.nanoseconds > 0
      && 4 * (regular + 1) * packetTime.nanoseconds >= 3 * length.nanoseconds
  }

  /// The same phase, shifted to less than half a packet time from zero.
  @_noLocks @_noAllocation
  private static func wrapped(_ phase: Int64, _ length: Int64) -> Int64 {
    let rest = phase % length
    if rest >= (length + 1) / 2 { return rest - length }
    return rest < -(length / 2) ? rest + length : rest
  }
}
