// SPDX-License-Identifier: MIT

/// The channel names in announced descriptions, by stream.
public struct AnnouncedChannelNames: Sendable {
  private struct Destination: Hashable {
    var address: String
    var port: Int
  }

  private var names: [Destination: [String]] = [:]

  /// - Parameter streams: of all announced sessions, including our own; the first one for a group and port is
  ///   used.
  public init(_ streams: some Sequence<SessionStreamStatus> = []) {
    for stream in streams where !stream.channelNames.isEmpty {
      let destination = Destination(address: stream.address, port: stream.port)
      if names[destination] == nil { names[destination] = stream.channelNames }
    }
  }

  /// The channel names of the stream to this address and port; empty if there are none.
  subscript(address: String, port: UInt16) -> [String] {
    names[Destination(address: address, port: Int(port))] ?? []
  }
}

/// The names of the device's channels in other programs, from the descriptions of the streams that they belong
/// to.
public struct ChannelLabels: Equatable, Sendable {
  /// The names by device channel, from 1. A channel without a stream is missing.
  public private(set) var playback: [Int: String] = [:]
  public private(set) var capture: [Int: String] = [:]

  /// No channel has a name.
  public init() {}

  /// - Parameter announced: the channel names in announced descriptions.
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

  /// Names each channel after the first stream that has it: by the channel's name, or by the stream's name and
  /// the channel's number.
  private static func fill(
    _ labels: inout [Int: String], _ channels: [Int], _ names: [String], _ stream: String
  ) {
    for (index, channel) in channels.enumerated() where channel > 0 && labels[channel] == nil {
      let own = index < names.count && !isNumber(names[index]) ? names[index] : ""
      let number = channels.count > 1 ? "\(stream) \(index + 1)" : stream
      labels[channel] = own.isEmpty ? number : own
    }
  }

  /// Returns true if a name is only the number of the device channel, such as `CH5`.
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
