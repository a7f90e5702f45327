// SPDX-License-Identifier: MIT
package import MediaClock

extension ClockState {
  /// The state in words.
  package var text: String {
    switch self {
    case .freeRunning: "free-running"
    case .acquiring: "acquiring"
    case .locked: "locked"
    case .holdover: "holdover"
    case .grandmaster: "grandmaster"
    }
  }
}
