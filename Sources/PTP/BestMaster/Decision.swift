// SPDX-License-Identifier: MIT

/// The recommendation of the state decision algorithm (9.3.3, figure 26) for the one port of an ordinary clock.
/// Its best master was always received on this port, so that M3 and P2 cannot occur.
public enum Decision: Hashable, Sendable {
  /// Become master: this clock is of class 1 to 127 (M1), or simply the best (M2).
  case master
  /// Become passive: this clock is of class 1 to 127, and another is better (P1).
  case passive
  /// Become slave (S1).
  case slave
  /// Stay in the present state, because no master was received.
  case undecided

  /// - Parameter best: the best of the qualified foreign masters.
  public init(own: DefaultDataSet, best: Rank?, isListening: Bool) {
    guard let best else {
      self = isListening || own.slaveOnly ? .undecided : .master
      return
    }
    if own.slaveOnly {
      self = .slave
    } else if Rank(own).compared(to: best).isBetter {
      self = .master
    } else {
      self = own.clockQuality.clockClass <= 127 ? .passive : .slave
    }
  }
}
