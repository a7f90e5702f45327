// SPDX-License-Identifier: MIT
internal import ControlAPI

/// What the channels of the device are called in other programs: by the descriptions of the streams that they belong to.
struct ChannelLabels: Equatable {
  /// By device channel, from 1. A channel of no stream is missing.
  private(set) var playback: [Int: String] = [:]
  private(set) var capture: [Int: String] = [:]

  /// No channel has a name.
  init() {}

  init(senders: [SenderStatus], receivers: [ReceiverStatus], sessions: [SessionStatus]) {
    let described = sessions.flatMap { session in
      session.streams.filter { !$0.channelNames.isEmpty }
    }
    func names(_ address: String, _ port: UInt16) -> [String] {
      described.first { $0.address == address && $0.port == Int(port) }?.channelNames ?? []
    }
    for sender in senders {
      Self.fill(
        &playback, DeviceChannels(sender).numbers, names(sender.address, sender.port), sender.name)
    }
    for receiver in receivers {
      let name = receiver.session ?? receiver.name
      Self.fill(
        &capture, DeviceChannels(receiver).numbers, names(receiver.address, receiver.port), name)
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
