// SPDX-License-Identifier: MIT
internal import Notation

/// The format of a payload type: `a=rtpmap:98 L24/48000/8` (RFC 4566, 6).
public struct RTPMap: Hashable, Sendable {
  public var payloadType: UInt8
  /// `L24`, `L16`, `AM824`, …
  public var encoding: String
  /// The rate of the RTP clock in hertz.
  public var rate: Int
  public var channels: Int

  public init(payloadType: UInt8, encoding: String, rate: Int, channels: Int) {
    self.payloadType = payloadType
    self.encoding = encoding
    self.rate = rate
    self.channels = channels
  }

  static let form = "TYPE ENCODING/RATE/CHANNELS"

  /// Parses the value of the attribute. The default is one channel.
  public init?(_ value: String) {
    let words = Text.words(value)
    guard words.count == 2, let type = UInt8(decimal: words[0]), type < 128 else { return nil }
    let parts = words[1].split(separator: "/", omittingEmptySubsequences: false)
    guard (2...3).contains(parts.count), !parts[0].isEmpty, let rate = Int(decimal: parts[1])
    else { return nil }
    payloadType = type
    encoding = String(parts[0])
    self.rate = rate
    channels = 1
    if parts.count == 3 {
      guard let count = Int(decimal: parts[2]), (1...1_024).contains(count) else { return nil }
      channels = count
    }
  }

  public var value: String { "\(payloadType) \(encoding)/\(rate)/\(channels)" }

  /// The payload types that need no rtpmap and are PCM: both are 44.1 kHz L16 (RFC 3551, 6).
  static func fixed(_ payloadType: UInt8) -> RTPMap? {
    switch payloadType {
    case 10: RTPMap(payloadType: 10, encoding: "L16", rate: 44_100, channels: 2)
    case 11: RTPMap(payloadType: 11, encoding: "L16", rate: 44_100, channels: 1)
    default: nil
    }
  }
}
