internal import Notation
// SPDX-License-Identifier: MIT
internal import Yams

/// The device channels of a stream that is no block of them, in the order of the stream's channels.
public struct ChannelMap: Equatable, Sendable {
  /// Each from 1; nil for a channel of the stream that is no device channel: silence where it is sent,
  /// passed over where it is received.
  public let channels: [Int?]

  /// - Parameter channels: at most 64, of which some are there.
  init(_ channels: [Int?]) { self.channels = channels }

  /// From the lowest to the highest device channel, from 1.
  var span: ClosedRange<Int> {
    let used = channels.compactMap(\.self)
    return (used.min() ?? 1)...(used.max() ?? 1)
  }

  /// Whether the channels are one block after all.
  var isBlock: Bool {
    guard let first = channels.first ?? nil else { return false }
    return channels.indices.allSatisfy { channels[$0] == first + $0 }
  }

  /// Of a stream that has fewer channels than this.
  func prefix(_ count: Int) -> ChannelMap { ChannelMap(Array(channels.prefix(count))) }

  /// As the status shows it: 0 for none.
  var numbers: [Int] { channels.map { $0 ?? 0 } }

  /// As it may stand in the file; a list of one ends with a comma.
  var text: String {
    let words = channels.map { $0.map { "\($0)" } ?? "none" }
    return words.count == 1 ? "\(words[0])," : words.joined(separator: ", ")
  }
}

/// How the file says which device channels a stream has: a number of them from `first-channel` on, or a
/// list.
struct ChannelChoice {
  var count: Int
  var first: Int
  var map: ChannelMap?

  /// - Parameter fillsEachOnce: whether no device channel may stand in a list twice.
  init(_ reader: MappingReader, fillsEachOnce: Bool) {
    guard let list = Self.list(reader.node("channels")) else {
      count = reader.integer("channels", in: 1...64, default: 8)
      first = reader.integer("first-channel", in: 1...64, default: 1)
      return
    }
    if reader.has("first-channel") {
      reader.report("first-channel", "is said by the list of channels; leave it out")
    }
    let channels = Self.channels(list, reader, fillsEachOnce: fillsEachOnce)
    let map = ChannelMap(channels)
    count = max(1, channels.count)
    first = map.span.lowerBound
    self.map = map.isBlock ? nil : map
  }

  /// The words of a list, or of text with commas; nil for a number.
  private static func list(_ node: Node?) -> [String]? {
    switch node {
    case .sequence(let sequence)?: return sequence.map { $0.string ?? "?" }
    case .scalar(let scalar)? where scalar.string.contains(","):
      return scalar.string.split(separator: ",").map { String($0.drop { $0 == " " }) }
    default: return nil
    }
  }

  private static func channels(
    _ list: [String], _ reader: MappingReader, fillsEachOnce: Bool
  ) -> [Int?] {
    var channels: [Int?] = []
    for text in list {
      if text == "none" {
        channels.append(nil)
      } else if let range = range(text) {
        channels += range.map { .some($0) }
      } else {
        reader.report(
          "channels",
          "\"\(text)\" is not allowed; expected device channels 1 to \(deviceChannels), ranges such as"
            + " 1-8, or none")
      }
    }
    let used = channels.compactMap(\.self)
    if channels.count > deviceChannels {
      reader.report(
        "channels", "are \(channels.count); a stream has at most \(deviceChannels)")
      return Array(channels.prefix(deviceChannels))
    }
    if used.isEmpty { reader.report("channels", "has no device channel; name at least one") }
    if fillsEachOnce, let twice = used.first(where: { one in used.count { $0 == one } > 1 }) {
      reader.report(
        "channels", "device channel \(twice) stands there twice; it can be filled only once")
    }
    return channels
  }

  private static func range(_ text: String) -> ClosedRange<Int>? {
    let ends = text.split(separator: "-", omittingEmptySubsequences: false).map { Int(decimal: $0) }
    guard let low = ends.first ?? nil, let high = ends.last ?? nil, ends.count <= 2, low <= high,
      low >= 1, high <= deviceChannels
    else { return nil }
    return low...high
  }
}
