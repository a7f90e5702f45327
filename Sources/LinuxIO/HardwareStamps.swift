// SPDX-License-Identifier: MIT
internal import MediaClock
internal import Synchronization

/// Converts timestamps of a network card to CLOCK_MONOTONIC, by comparing both clocks for each timestamp
/// (TS-07).
public final class HardwareStamps: Sendable {
  private let clock: HardwareClock
  private let relation = Mutex(StampRelation())

  /// - Parameter path: the path of the card's clock, such as /dev/ptp0.
  public init(path: String) throws(SystemError) {
    clock = try HardwareClock(path: path)
  }

  public var method: HardwareClock.Method { clock.method }

  /// The time of the card's timestamp; nil if there is none, or if the card's clock cannot be read.
  func monotonic(_ nanoseconds: Int64) -> MonotonicInstant? {
    guard nanoseconds != 0, let reading = try? clock.read() else { return nil }
    return relation.withLock { relation in
      relation.add(reading)
      return relation.monotonic(PTPInstant(nanoseconds: nanoseconds))
    }
  }
}
