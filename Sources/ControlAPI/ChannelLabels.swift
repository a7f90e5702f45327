// SPDX-License-Identifier: MIT

/// What the channels of the device are called in other programs: by the descriptions of the streams that they belong to.
public struct ChannelLabels: Equatable, Sendable {
  /// By device channel, from 1. A channel of no stream is missing.
  public private(set) var playback: [Int: String] = [:]
  public private(set) var capture: [Int: String] = [:]

  /// No channel has a name.
  public init() {}

  /// - Parameter streams: of the sessions that are announced, our own among them.
  public init(
    senders: [SenderStatus], receivers: [ReceiverStatus], streams: [SessionStreamStatus]
  ) {
    func names(_ address: String, _ port: UInt16) -> [String] {
      streams.first { $0.address == address && $0.port == Int(port) && !$0.channelNames.isEmpty }?
        .channelNames ?? []
    }
    for sender in senders {
      Self.fill(
        &playback, sender.deviceChannels, names(sender.address, sender.port), sender.name)
    }
    for receiver in receivers {
      Self.fill(
        &capture, receiver.deviceChannels, names(receiver.address, receiver.port),
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
