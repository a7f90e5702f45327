// SPDX-License-Identifier: MIT
package import MediaClock
internal import Notation

/// The time from a sender's sampling instant to capture (AES67, 7.4), fixed or measured.
package enum LinkOffset: Equatable, Sendable {
  case fixed(Interval)
  /// Measured, within ``PacketBounds`` (BUF-02).
  case automatic

  /// The maximum, which the capture ring can hold.
  package static let maximum = Interval.milliseconds(200)

  /// The minimum of a fixed link offset: the time to fill a packet and to send it (BUF-02). The network and the
  /// threads get the time of a second packet, or 0.25 ms if that is less.
  package static func minimum(_ packetTime: PacketTime) -> Interval {
    packetTime.interval + margin(packetTime)
  }

  private static func margin(_ packetTime: PacketTime) -> Interval {
    min(packetTime.interval, .microseconds(250))
  }

  /// The conflict with this packet time; nil if there is none.
  func problem(_ packetTime: PacketTime) -> ValidationError? {
    guard case .fixed(let offset) = self else { return nil }
    let least = Self.minimum(packetTime)
    let range = "\(least.configured) to \(Self.maximum.configured)"
    if offset < least {
      return ValidationError(
        keys: ["link-offset"],
        message:
          "\(offset.configured) is less than a packet of \(packetTime.configured) and the"
          + " \(Self.margin(packetTime).configured) that network and threads need; \(range)")
    }
    guard offset > Self.maximum else { return nil }
    return ValidationError(
      keys: ["link-offset"],
      message: "\(offset.configured) is more than the buffer holds; \(range)")
  }
}

extension Codec where Value == LinkOffset {
  static var linkOffset: Codec {
    Codec(
      ValueType(.text, words: ["auto"], expected: "auto or a time such as 250us or 1.5ms"),
      text: { offset in
        switch offset {
        case .fixed(let interval): interval.configured
        case .automatic: "auto"
        }
      },
      parse: { text in
        if text == "auto" { return .automatic }
        guard let offset = Interval(configured: text), offset.nanoseconds >= 1000,
          offset.nanoseconds % 1000 == 0
        else { return nil }
        return .fixed(offset)
      })
  }
}

/// The bounds of a measured link offset, in packets (BUF-02).
package struct PacketBounds: Equatable, Sendable {
  package static let range = 2...40

  package var minimum = 2
  package var maximum = 6

  package init(minimum: Int = 2, maximum: Int = 6) {
    self.minimum = minimum
    self.maximum = maximum
  }
}

/// The replacement for lost packets.
package enum Concealment: String, CaseIterable, Sendable {
  /// Single packets are bridged from their neighbours; longer gaps fade out and in.
  case fade
  /// Digital silence, for measurements.
  case silence
}

extension PacketTime {
  package var interval: Interval { SampleRate.hz48000.interval(of: Int64(frames)) }
}
