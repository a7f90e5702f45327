// SPDX-License-Identifier: MIT

/// The origin of event timestamps, which limits the quality of a lock (SRV-04).
public enum TimestampClass: String, Sendable, BitwiseCopyable {
  /// By the network card's own clock.
  case hardware
  /// By the kernel's driver.
  case software
  /// Around the system call, as the last resort.
  case userSpace = "user-space"

  /// The greatest distance of the published clock from the estimate of the master while locked, in nanoseconds.
  var lockOffset: Double {
    switch self {
    case .hardware: 1_000
    case .software: 10_000
    case .userSpace: 100_000
    }
  }

  /// The greatest standard deviation of that estimate while locked, in nanoseconds.
  var lockDeviation: Double {
    switch self {
    case .hardware: 250
    case .software: 5_000
    case .userSpace: 50_000
    }
  }

  /// The distance from the expected value below which a Sync is never an outlier, in nanoseconds.
  var narrowestGate: Double {
    switch self {
    case .hardware: 1_000
    case .software: 10_000
    case .userSpace: 100_000
    }
  }
}
