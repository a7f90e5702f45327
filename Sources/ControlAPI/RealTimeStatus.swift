// SPDX-License-Identifier: MIT

/// Whether the media threads get what they need from the system, and if not, why not.
public struct RealTimeStatus: Codable, Equatable, Sendable {
  public enum Mode: String, Codable, Sendable {
    case fifo
    /// Everything works, but other programs may come in between.
    case degraded
  }

  public var mode: Mode
  /// What is missing and how to mend it; empty when nothing is.
  public var reason: String

  public init(mode: Mode, reason: String) {
    self.mode = mode
    self.reason = reason
  }
}
