// SPDX-License-Identifier: MIT
package import MediaClock

extension Configuration {
  /// The source of the device clock; the other properties are for tests only.
  package struct Clock: Equatable, Sendable {
    package var source = ClockSource.ptp
    /// The factor by which the media clock is slower than real time.
    package var rateDivisor: Int64 = 1
    /// The instant of media frame 0; nil for PTP time, or for the present on a slowed clock.
    package var anchor: MonotonicInstant?

    package init() {}

    package var isSimulated: Bool { rateDivisor != 1 || anchor != nil }

    /// The setting that replaces the network's clock; nil if PTP can run.
    package var alternative: String? {
      if isSimulated { return "clock.rate-divisor or clock.anchor replaces the clock" }
      return source == .ptp ? nil : "clock.source is \(source), and only one clock can be followed"
    }
  }
}

/// The clock that the device clock follows, key `clock.source`.
package enum ClockSource: Hashable, Sendable, CustomStringConvertible {
  /// The network's clock, by our own PTP port.
  case ptp
  /// CLOCK_TAI, which chrony or phc2sys steers.
  case systemTAI
  /// The clock of a network card, which ptp4l steers.
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

  /// Returns true for `/dev/ptp` and a number, which is the kernel's name for the clocks of network cards. Any
  /// other path could be any file.
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
