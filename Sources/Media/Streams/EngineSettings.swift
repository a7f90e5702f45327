// SPDX-License-Identifier: MIT
internal import Addressing
internal import DaemonConfiguration
internal import LinuxIO
internal import MediaClock
internal import RTP
internal import StreamEngine

extension ReceiverConfiguration {
  /// The receiver's settings in the engine.
  ///
  /// - Parameter groupNumber: the number of the group; nil for a receiver without a group.
  func settings(groupNumber: Int?) -> ReceiverSettings {
    var settings = ReceiverSettings(
      encoding: encoding, route: ChannelRoute(devices: route),
      linkOffset: linkOffsetFrames,
      automatic: automaticBounds.map { OffsetBounds(minimum: $0.minimum, maximum: $0.maximum) },
      group: groupNumber,
      alignment: alignment == .arrival
        ? .arrival : .mediaClock(timestampOffset: timestampOffset),
      payloadType: payloadType, source: source?.bits)
    settings.conceals = conceals
    return settings
  }
}

extension ChannelRoute {
  /// - Parameter devices: the device channel of each channel of the stream, from 0; nil for none.
  init(devices: [Int?]) {
    self.init()
    for device in devices { append(device) }
  }
}
