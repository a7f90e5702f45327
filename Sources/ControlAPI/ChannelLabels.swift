// SPDX-License-Identifier: MIT

/// What announced descriptions call the channels of their streams.
public struct AnnouncedChannelNames: Sendable {
  private struct Destination: Hashable {
    var address: String
    var port: Int
  }

  private var names: [Destination: [String]] = [:]

  /// - Parameter streams: of the sessions that are announced, our own among them; the first to a group and port counts.
  public init(_ streams: some Sequence<SessionStreamStatus> = []) {
    for stream in streams where !stream.channelNames.isEmpty {
      let destination = Destination(address: stream.address, port: stream.port)
      if names[destination] == nil { names[destination] = stream.channelNames }
    }
  }

  /// Of the stream that goes there; empty for none.
  subscript(address: String, port: UInt16) -> [String] {
    names[Destination(address: address, port: Int(port))] ?? []
  }
}

/// What the channels of the device are called in other programs: by the descriptions of the streams that they belong to.
public struct ChannelLabels: Equatable, Sendable {
  /// By device channel, from 1. A channel of no stream is missing.
  public private(set) var playback: [Int: String] = [:]
  public private(set) var capture: [Int: String] = [:]

  /// No channel has a name.
  public init() {}

  /// - Parameter announced: what descriptions call the channels of their streams.
  public init(
    senders: [SenderStatus], receivers: [ReceiverStatus], announced: AnnouncedChannelNames
  ) {
    for sender in senders {
      Self.fill(
        &playback, sender.deviceChannels, announced[sender.address, sender.port], sender.name)
    }
    for receiver in receivers {
      Self.fill(
        &capture, receiver.deviceChannels, announced[receiver.address, receiver.port],
        receiver.session ?? receiver.name)
    }
  }

  /// The first stream that has a channel names it; of a stream without names of channels, it is called by its number there.
  private static func fill(
    _ labels: inout [Int: String], _ channels: [Int], _ names: [String], _ stream: String
  ) {
    for (index, channel) in channels.enumerated() where channel > 0 && labels[channel] == nil {
      let own = index < names.count && !isNumber(names[index]) ? names[index] : ""
      let number = channels.count > 1 ? "\(stream) \(index + 1)" : stream
      labels[channel] = own.isEmpty ? number : own
    }
  }

  /// Returns true if a name says no more than which channel of the device it is: `CH5`.
  private static func isNumber(_ name: String) -> Bool {
    name.hasPrefix("CH") && name.dropFirst(2).allSatisfy { $0.isASCII && $0.isNumber }
  }
}

extension SenderStatus {
  /// The device channel of each of its channels, 0 for none.
  public var deviceChannels: [Int] { map ?? Array(firstChannel..<firstChannel + channels) }
}

extension ReceiverStatus {
  /// The device channel of each of its channels, 0 for none.
  public var deviceChannels: [Int] { map ?? Array(firstChannel..<firstChannel + channels) }
}
