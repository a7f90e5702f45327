// SPDX-License-Identifier: MIT
internal import ControlAPI

extension SenderStatus {
  /// State and cause in a line.
  var stateLine: String { state.words + (error.map { ": \($0)" } ?? "") }
}

extension ReceiverStatus {
  /// State, cause, and which channels others fill, in a line.
  var stateLine: String { stateAndCause + left }

  /// State and cause in a line; of a silent one, for how long it is. Receivers with the same trouble have the same words.
  var stateAndCause: String {
    guard state == .silent, let age = health.lastPacketAgeMilliseconds else {
      return state.words + (error.map { ": \($0)" } ?? "")
    }
    let source = health.lastSource.map { ", last from \($0)" } ?? ""
    return "silent: no packets for \(Text.age(age))\(source)"
  }

  /// Which of its device channels others fill; those of a receiver without any are in its cause.
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
