// SPDX-License-Identifier: MIT

/// What the state decision algorithm recommends (9.3.3, figure 26) to the one port of an ordinary
/// clock, whose best master is always the one it heard on this port; M3 and P2 cannot come up.
public enum Decision: Hashable, Sendable {
  /// Be master: this clock is of class 1 to 127 (M1) or just the best (M2).
  case master
  /// Be silent: this clock is of class 1 to 127, and another is better (P1).
  case passive
  /// Follow (S1).
  case slave
  /// Nobody was heard: stay as you are.
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
