// SPDX-License-Identifier: MIT
internal import CLinux
internal import Glibc
internal import MediaClock

internal import struct SystemPackage.Errno

/// The clock of a network card (PHC), such as /dev/ptp0, compared with CLOCK_MONOTONIC (TS-07).
///
/// The clock is only read: ptp4l, or whatever else steers it, is not disturbed.
public struct HardwareClock: ~Copyable, Sendable {
  /// The method of comparing the two clocks, the best that driver and kernel support.
  public enum Method: String, CaseIterable, Sendable {
    /// The card compares them itself (`PTP_SYS_OFFSET_PRECISE`).
    case precise
    /// The driver reads the system's clock around its own (`PTP_SYS_OFFSET_EXTENDED`).
    case driver
    /// The same by way of CLOCK_REALTIME, for kernels before 6.12.
    case driverByTimeOfDay = "driver-by-time-of-day"
    /// This program reads both clocks.
    case program
  }

  public let path: String
  public let method: Method
  private let file: FileDescriptor

  /// - Throws: the kernel's refusal; `ENOTTY` for a file that is not a hardware clock.
  public init(path: String) throws(SystemError) {
    let number = try kernel(.open, path) { unsafe clinux_phc_open(path) }
    let file = FileDescriptor(owning: number)
    var found: Method?
    for method in Method.allCases where found == nil {
      if (try? Self.read(file.number, method, path)) != nil { found = method }
    }
    guard let found else {
      throw SystemError(call: .clockOffset, code: .inappropriateIOCTLForDevice, subject: path)
    }
    method = found
    self.path = path
    self.file = file
  }

  /// Compares the clocks once; nil if the time of day was set meanwhile.
  public func read() throws(SystemError) -> ClockReading? {
    try Self.read(file.number, method, path)
  }

  private static func read(
    _ number: Int32, _ method: Method, _ path: String
  ) throws(SystemError) -> ClockReading? {
    var sample = clinux_phc_sample()
    let pair = ClockPair.take()
    switch method {
    case .precise:
      try kernel(.clockOffsetPrecise, path) { unsafe clinux_phc_read_precise(number, &sample) }
      return pair.reading(sample)
    case .driver:
      try kernel(.clockOffsetExtended, path) {
        unsafe clinux_phc_read_extended(number, true, &sample)
      }
      return ClockReading(
        before: MonotonicInstant(nanoseconds: sample.before_ns),
        time: PTPInstant(nanoseconds: sample.clock_ns),
        after: MonotonicInstant(nanoseconds: sample.after_ns))
    case .driverByTimeOfDay:
      try kernel(.clockOffsetExtended, path) {
        unsafe clinux_phc_read_extended(number, false, &sample)
      }
      return pair.reading(sample)
    case .program:
      return try ClockReading.tightest(of: 7) { () throws(SystemError) in
        var time: Int64 = 0
        try kernel(.clockGetTime, path) { unsafe clinux_phc_read_plain(number, &time) }
        return time
      }
    }
  }
}

extension ClockPair {
  /// Converts a comparison with CLOCK_REALTIME to CLOCK_MONOTONIC; nil if the time of day was set since.
  func reading(_ sample: clinux_phc_sample) -> ClockReading? {
    guard let after = monotonic(sample.after_ns) else { return nil }
    return ClockReading(
      before: after + Interval(nanoseconds: sample.before_ns - sample.after_ns),
      time: PTPInstant(nanoseconds: sample.clock_ns), after: after)
  }
}
