// SPDX-License-Identifier: MIT
internal import DaemonConfiguration

/// The reasons why receivers cannot receive the streams that they subscribe to, so that each is logged once and
/// not at every check.
struct UnusableSessions {
  private var reasons: [StreamID: String] = [:]

  /// Keeps the reason. Returns true if it differs from the previous one.
  mutating func isNews(_ reason: String, of receiver: StreamID) -> Bool {
    reasons.updateValue(reason, forKey: receiver) != reason
  }

  /// Forgets the reason, because the receiver waits or receives.
  mutating func clear(_ receiver: StreamID) { reasons[receiver] = nil }

  mutating func keep(only ids: Set<StreamID>) { reasons = reasons.filter { ids.contains($0.key) } }
}
