// SPDX-License-Identifier: MIT
internal import LinuxIO
internal import MediaClock
internal import RTP
internal import StreamEngine

extension SenderTable.Sender {
  /// The sender as the engine wants it. Sequence numbers begin anywhere (RTP-02).
  var settings: SenderSettings {
    SenderSettings(
      channels: configuration.channels, firstChannel: configuration.deviceChannels.lowerBound,
      packetTime: configuration.packetTime, payloadType: configuration.payloadType, ssrc: ssrc,
      firstSequence: SequenceNumber(.random(in: .min ... .max)))
  }
}

extension ReceiverConfiguration {
  /// The receiver as the engine wants it.
  ///
  /// - Parameter groupNumber: stands for the group's name; nil for a receiver that stands alone.
  func settings(groupNumber: Int?) -> ReceiverSettings {
    var settings = ReceiverSettings(
      encoding: encoding == .l16 ? .l16 : .l24, channels: channels,
      firstChannel: deviceChannels.lowerBound, linkOffset: linkOffsetFrames,
      automatic: automaticOffset.map { OffsetBounds(least: $0.least, greatest: $0.greatest) },
      group: groupNumber,
      alignment: alignment == .arrival
        ? .arrival : .mediaClock(timestampOffset: timestampOffset),
      payloadType: payloadType, source: source?.bits)
    settings.conceals = conceals
    return settings
  }
}
