// SPDX-License-Identifier: MIT

/// Where the stamps of event messages come from, which says how good a lock can be (SRV-04).
public enum TimestampClass: String, Sendable, BitwiseCopyable {
  /// By the network card's own clock.
  case hardware
  /// By the kernel's driver.
  case software
  /// Around the system call: the last resort.
  case userSpace = "user-space"

  /// Locked when the published clock is nearer than this to where the master is estimated to be, in nanoseconds.
  var lockOffset: Double {
    switch self {
    case .hardware: 1_000
    case .software: 10_000
    case .userSpace: 100_000
    }
  }

  /// And the standard deviation of that estimate is below this, in nanoseconds.
  var lockDeviation: Double {
    switch self {
    case .hardware: 250
    case .software: 5_000
    case .userSpace: 50_000
    }
  }

  /// A Sync this near to what is expected is never an outlier, in nanoseconds.
  var narrowestGate: Double {
    switch self {
    case .hardware: 1_000
    case .software: 10_000
    case .userSpace: 100_000
    }
  }
}
