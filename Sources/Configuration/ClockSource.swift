// SPDX-License-Identifier: MIT

/// Which clock the device clock follows, key `clock.source`.
public enum ClockSource: Hashable, Sendable, CustomStringConvertible {
  /// The network's, by our own PTP port.
  case ptp
  /// CLOCK_TAI, which chrony or phc2sys keeps.
  case systemTAI
  /// A network card's, which ptp4l keeps.
  case hardware(path: String)

  /// From the configuration file.
  init?(_ text: String) {
    switch text {
    case "ptp": self = .ptp
    case "system-tai": self = .systemTAI
    default:
      guard text.hasPrefix("phc:/"), text.utf8.count <= 255 else { return nil }
      self = .hardware(path: String(text.dropFirst(4)))
    }
  }

  public var description: String {
    switch self {
    case .ptp: "ptp"
    case .systemTAI: "system-tai"
    case .hardware(let path): "phc:\(path)"
    }
  }
}
