// SPDX-License-Identifier: MIT
package import MediaClock

extension Configuration {
  /// What the device clock follows; of the rest, only tests have a reason to touch it.
  package struct Clock: Equatable, Sendable {
    package var source = ClockSource.ptp
    /// How many times slower than real time the media clock runs.
    package var rateDivisor: Int64 = 1
    /// When media frame 0 was; nil for PTP time, or for now on a slowed clock.
    package var anchor: MonotonicInstant?

    package init() {}

    package var isSimulated: Bool { rateDivisor != 1 || anchor != nil }

    /// What makes a clock of its own beside the network's; nil where PTP may run.
    package var alternative: String? {
      if isSimulated { return "clock.rate-divisor or clock.anchor replaces the clock" }
      return source == .ptp ? nil : "clock.source is \(source), and only one clock can be followed"
    }
  }
}

/// Which clock the device clock follows, key `clock.source`.
package enum ClockSource: Hashable, Sendable, CustomStringConvertible {
  /// The network's, by our own PTP port.
  case ptp
  /// CLOCK_TAI, which chrony or phc2sys keeps.
  case systemTAI
  /// A network card's, which ptp4l keeps.
  case hardware(path: String)

  package init?(_ text: String) {
    switch text {
    case "ptp": self = .ptp
    case "system-tai": self = .systemTAI
    default:
      guard text.hasPrefix("phc:/"), text.utf8.count <= 255 else { return nil }
      self = .hardware(path: String(text.dropFirst(4)))
    }
  }

  /// Returns true for `/dev/ptp` and a number: what the kernel calls the clocks of network cards. Any other path
  /// could be anybody's file.
  static func isCardClock(_ path: String) -> Bool {
    let number = path.utf8.dropFirst("/dev/ptp".utf8.count)
    return path.hasPrefix("/dev/ptp") && (1...4).contains(number.count)
      && number.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
  }

  package var description: String {
    switch self {
    case .ptp: "ptp"
    case .systemTAI: "system-tai"
    case .hardware(let path): "phc:\(path)"
    }
  }
}

extension Codec where Value == ClockSource {
  static var clockSource: Codec {
    Codec(
      ValueType(
        .text, words: ["ptp", "system-tai"],
        expected: "ptp, system-tai or phc: and a path such as phc:/dev/ptp0"),
      text: \.description
    ) { ClockSource($0) }
  }
}

extension Configuration.Clock: Attributed {
  /// The anchor in nanoseconds.
  private var anchorNanoseconds: Int64? {
    get { anchor?.nanoseconds }
    set { anchor = newValue.map(MonotonicInstant.init(nanoseconds:)) }
  }

  package static let attributes: [Attribute<Self>] = [
    Attribute(
      "source", \.source, .clockSource,
      "ptp follows the network by section ptp; system-tai follows CLOCK_TAI, as chrony or phc2sys keep"
        + " it; phc: and a path follows a network card's clock, as ptp4l keeps it."),
    Attribute(
      "rate-divisor", \.rateDivisor, .integer(1...1000),
      "For tests: 20 runs the media clock at a twentieth of real time, without PTP.",
      effect: .restart),
    Attribute(
      "anchor", \.anchorNanoseconds, Codec<Int64>.integer(0...Int64.max / 4).or("now"),
      "For tests: the CLOCK_MONOTONIC nanosecond of media frame 0, shared by several daemons.",
      effect: .restart),
  ]

  package var problems: [ValidationError] {
    guard source != .ptp, isSimulated else { return [] }
    return [
      ValidationError(
        keys: ["source"], message: "\(source) cannot be slowed or anchored; leave those keys out")
    ]
  }
}
