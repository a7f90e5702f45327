// SPDX-License-Identifier: MIT
public import MediaClock

extension DeviceClock {
  /// The network's time of this clock at `instant`, rounded down to a nanosecond: its media frame and the
  /// fraction of it, divided by the rate. A grandmaster announces it, and a slave compares it.
  public func time(at instant: MonotonicInstant, rate: SampleRate) -> PTPInstant {
    let here = relation.rebased(to: instant)
    let billion: Int128 = 1_000_000_000
    let hertz = Int128(rate.hertz)
    let scaled = Int128(mediaOffset.media(here.frame).index) * billion
    let (whole, rest) = scaled.quotientAndRemainder(dividingBy: hertz)
    // rest < 2^20 and fraction < 2^64: their sum times anything here stays below 2^95.
    let part = (rest << 64 + Int128(here.fraction) * billion) / hertz
    return PTPInstant(nanoseconds: Int64(truncatingIfNeeded: whole + part >> 64))
  }
}
