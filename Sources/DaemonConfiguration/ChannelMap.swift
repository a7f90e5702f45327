// SPDX-License-Identifier: MIT
internal import MediaClock
internal import Notation

/// The device channels of a stream that are not a block, in the order of the stream's channels.
package struct ChannelMap: Equatable, Sendable {
  /// The device channels, from 1; nil for a channel of the stream without a device channel, which is sent as
  /// silence or ignored when received.
  package let channels: [Int?]

  /// - Parameter channels: at most ``DeviceFormat/channels``. A file names at least one device channel.
  package init(_ channels: [Int?]) { self.channels = channels }

  /// The range from the lowest to the highest device channel, from 1.
  package var span: ClosedRange<Int> {
    let used = channels.compactMap(\.self)
    return (used.min() ?? 1)...(used.max() ?? 1)
  }

  /// Returns true if the channels are a block after all.
  var isBlock: Bool {
    guard let first = channels.first ?? nil else { return false }
    return channels.indices.allSatisfy { channels[$0] == first + $0 }
  }

  /// The map of a stream with fewer channels.
  package func prefix(_ count: Int) -> ChannelMap { ChannelMap(Array(channels.prefix(count))) }

  /// The map in the status: 0 for none.
  package var numbers: [Int] { channels.map { $0 ?? 0 } }

  /// The map as written in the file; a list of one channel ends with a comma.
  var text: String {
    let words = channels.map { $0.map { "\($0)" } ?? "none" }
    return words.count == 1 ? "\(words[0])," : words.joined(separator: ", ")
  }
}

/// The device channels of a stream in the file: a number from `first-channel` on, or a list.
package enum ChannelSetting: Equatable, Sendable {
  case count(Int)
  case list(ChannelMap)
}

extension Codec where Value == ChannelSetting {
  /// - Parameter isExclusive: true if a device channel may be in the list only once.
  static func channels(isExclusive: Bool) -> Codec {
    let count = Codec<Int>.integer(1...DeviceFormat.channels)
    let type = ValueType(.channels(DeviceFormat.channels))
    return Codec(
      type,
      text: { setting in
        switch setting {
        case .count(let count): "\(count)"
        case .list(let map): map.text
        }
      },
      read: { node, context throws(ValueError) in
        guard let words = words(node) else { return .count(try count.read(node, context)) }
        return .list(try map(words, isExclusive: isExclusive))
      })
  }

  /// The words of a list, or of text with commas; nil for a number.
  private static func words(_ node: Node) -> [String]? {
    switch node.value {
    case .sequence(let nodes): return nodes.map { $0.text ?? "?" }
    case .scalar(let text) where text.contains(","):
      return text.split(separator: ",").map { String($0.drop { $0 == " " }) }
    default: return nil
    }
  }

  private static func map(_ words: [String], isExclusive: Bool) throws(ValueError) -> ChannelMap {
    var channels: [Int?] = []
    for word in words {
      if word == "none" {
        channels.append(nil)
      } else if let range = range(word) {
        channels += range.map { .some($0) }
      } else {
        throw ValueError(
          "\"\(word)\" is not allowed; expected device channels 1 to \(DeviceFormat.channels), ranges such"
            + " as 1-8, or none")
      }
    }
    let used = channels.compactMap(\.self)
    if channels.count > DeviceFormat.channels {
      throw ValueError(
        "the list has \(channels.count) channels; a stream has at most \(DeviceFormat.channels)")
    }
    if used.isEmpty { throw ValueError("no device channel is listed; name at least one") }
    if isExclusive, let twice = used.first(where: { one in used.count { $0 == one } > 1 }) {
      throw ValueError("device channel \(twice) is listed twice; it can be filled only once")
    }
    return ChannelMap(channels)
  }

  private static func range(_ text: String) -> ClosedRange<Int>? {
    let ends = text.split(separator: "-", omittingEmptySubsequences: false).map {
      Int(decimal: $0)
    }
    guard let low = ends.first ?? nil, let high = ends.last ?? nil, ends.count <= 2, low <= high,
      low >= 1, high <= DeviceFormat.channels
    else { return nil }
    return low...high
  }
}

/// A user of device channels: a sender or a receiver.
package protocol DeviceChannelUser {
  var channels: Int { get set }
  /// The first device channel, from 1; with a map, the lowest one.
  var firstChannel: Int { get set }
  /// The map, if the channels are not a block of device channels.
  var map: ChannelMap? { get set }
}

extension DeviceChannelUser {
  var channelSetting: ChannelSetting {
    get { map.map { .list($0) } ?? .count(channels) }
    set {
      switch newValue {
      case .count(let count): (channels, map) = (count, nil)
      case .list(let list):
        channels = list.channels.count
        firstChannel = list.span.lowerBound
        map = list.isBlock ? nil : list
      }
    }
  }

  /// The first channel of a block; setting it makes the channels a block.
  var blockStart: Int {
    get { firstChannel }
    set { (firstChannel, map) = (newValue, nil) }
  }

  /// The range from the lowest to the highest device channel, counted from 0.
  package var deviceChannels: Range<Int> {
    map.map { $0.span.lowerBound - 1..<$0.span.upperBound }
      ?? firstChannel - 1..<firstChannel - 1 + channels
  }

  /// The device channel of each channel, counted from 0; nil for none.
  package var route: [Int?] {
    map.map { $0.channels.map { $0.map { $0 - 1 } } } ?? deviceChannels.map { .some($0) }
  }

  /// An error if there are more channels than device channels from the first one on.
  var channelProblem: ValidationError? {
    if let map, map.channels.count != channels {
      return ValidationError(
        keys: ["channels"],
        message:
          "a list of \(map.channels.count) device channels does not fit \(channels) channels")
    }
    let last = map?.span.upperBound ?? firstChannel + channels - 1
    let count = DeviceFormat.channels
    guard last > count else { return nil }
    return ValidationError(
      keys: ["first-channel", "channels"],
      message:
        "\(channels) channels from \(firstChannel) reach channel \(last); the device has \(count)")
  }
}
