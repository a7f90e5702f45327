// SPDX-License-Identifier: MIT
internal import DaemonConfiguration

/// Why receivers cannot receive what they subscribe to, so that each reason is told once and not at every
/// look.
struct UnusableSessions {
  private var reasons: [StreamID: String] = [:]

  /// Keeps the reason; true if it is another one than before.
  mutating func isNews(_ reason: String, of receiver: StreamID) -> Bool {
    reasons.updateValue(reason, forKey: receiver) != reason
  }

  /// The receiver waits, or receives.
  mutating func clear(_ receiver: StreamID) { reasons[receiver] = nil }

  mutating func keep(only ids: Set<StreamID>) { reasons = reasons.filter { ids.contains($0.key) } }
}
