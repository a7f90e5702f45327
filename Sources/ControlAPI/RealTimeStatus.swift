// SPDX-License-Identifier: MIT

/// The real-time privileges of the media threads, and the reason if they are incomplete.
public struct RealTimeStatus: Codable, Equatable, Sendable {
  public enum Mode: String, Codable, Sendable {
    case fifo
    /// Everything works, but other programs may delay the media threads.
    case degraded
  }

  public var mode: Mode
  /// The missing privilege and how to grant it; empty if nothing is missing.
  public var reason: String

  public init(mode: Mode, reason: String) {
    self.mode = mode
    self.reason = reason
  }
}
