// SPDX-License-Identifier: MIT
internal import ControlAPI

extension SenderStatus {
  /// The state and its cause in a line.
  var stateLine: String { state.words + (error.map { ": \($0)" } ?? "") }
}

extension ReceiverStatus {
  /// The state, its cause, and the channels that others fill, in a line.
  var stateLine: String { stateAndCause + left }

  /// The state and its cause in a line; for a silent receiver, also the duration. Receivers with the same
  /// problem have the same words.
  var stateAndCause: String {
    guard state == .silent, let age = health.lastPacketAgeMilliseconds else {
      return state.words + (error.map { ": \($0)" } ?? "")
    }
    let source = health.lastSource.map { ", last from \($0)" } ?? ""
    return "silent: no packets for \(Text.age(age))\(source)"
  }

  /// The device channels that others fill; those of a receiver without any channel left are in its cause.
  private var left: String {
    guard state != .disabled else { return "" }
    return yielded.map { "; \($0.words) left to \"\($0.to)\"" }.joined()
  }
}

extension Text {
  /// `0.4 s`, `12 s`, `3 min`, `2 h`.
  static func age(_ milliseconds: Int64) -> String {
    if milliseconds < 10_000 { return "\(fixed(Double(milliseconds) / 1000, 1)) s" }
    if milliseconds < 600_000 { return "\(milliseconds / 1000) s" }
    return milliseconds < 7_200_000
      ? "\(milliseconds / 60_000) min" : "\(milliseconds / 3_600_000) h"
  }
}
