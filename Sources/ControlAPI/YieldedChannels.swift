// SPDX-License-Identifier: MIT

/// Device channels that a default receiver of the layout yields to another receiver.
public struct YieldedChannels: Codable, Equatable, Sendable {
  /// The device channels, from 1.
  public var channels: [Int]
  /// The name of the receiver that fills them.
  public var to: String

  public init(channels: [Int], to: String) {
    self.channels = channels
    self.to = to
  }
}

extension YieldedChannels {
  /// The channels in ascending order, in words: `channel 3`, `channels 3-4, 7`.
  public var words: String {
    var ranges: [ClosedRange<Int>] = []
    for channel in channels {
      if let last = ranges.last, last.upperBound + 1 == channel {
        ranges[ranges.count - 1] = last.lowerBound...channel
      } else {
        ranges.append(channel...channel)
      }
    }
    let words = ranges.map { range in
      range.count == 1 ? "\(range.lowerBound)" : "\(range.lowerBound)-\(range.upperBound)"
    }
    return "\(channels.count == 1 ? "channel" : "channels") \(words.joined(separator: ", "))"
  }
}
