// SPDX-License-Identifier: MIT
internal import LinuxIO
internal import MediaClock
internal import RTP
internal import StreamEngine

extension StreamTable.Outgoing {
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
  var settings: ReceiverSettings {
    ReceiverSettings(
      encoding: encoding == .l16 ? .l16 : .l24, channels: channels,
      firstChannel: deviceChannels.lowerBound, linkOffset: linkOffsetFrames,
      alignment: alignment == .arrival
        ? .arrival : .mediaClock(timestampOffset: timestampOffset),
      payloadType: payloadType, source: source?.bits)
  }
}
