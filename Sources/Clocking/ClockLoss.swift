// SPDX-License-Identifier: MIT
package import MediaClock

extension PTPReport {
  /// The reason why the clock does not follow the network's any more; nil while it does, or if it never has.
  package func loss(_ state: ClockState) -> String? {
    guard isSettled else { return nil }
    let master = grandmaster.map { " \($0.identity)" } ?? ""
    return switch state {
    case .holdover:
      "the grandmaster\(master) is lost, and the clock continues at its last rate: check that a grandmaster runs, and that the switch forwards 224.0.1.129"
    case .acquiring:
      "the clock is not locked to the grandmaster\(master) again yet"
    case .freeRunning, .locked, .grandmaster: nil
    }
  }
}
