// SPDX-License-Identifier: MIT
public import LinuxIO
public import MediaClock

/// One stream that this host sends.
public struct SenderConfiguration: Equatable, Sendable {
  public var name: String
  /// A multicast group, or one receiver.
  public var address: IPv4Address
  public var port: UInt16
  public var channels: Int
  /// The first device channel it carries; counts from 1, as in the file.
  public var firstChannel: Int
  public var packetTime: PacketTime
  public var payloadType: UInt8

  /// The device channels it carries, counted from 0.
  public var deviceChannels: Range<Int> { firstChannel - 1..<firstChannel - 1 + channels }
}

/// One stream that this host receives.
public struct ReceiverConfiguration: Equatable, Sendable {
  /// How samples look on the wire.
  public enum Encoding: String, CaseIterable, Sendable {
    case l24 = "L24"
    case l16 = "L16"
  }

  /// How the stream's timestamps relate to our media clock.
  public enum Alignment: String, CaseIterable, Sendable {
    /// They are the media clock, after `timestampOffset`.
    case mediaClock = "media-clock"
    /// They are anybody's: the first packet's arrival decides (CLK-05).
    case arrival
  }

  public var name: String
  /// A multicast group, or our own address.
  public var address: IPv4Address
  public var port: UInt16
  /// The only host that may send it; nil for any.
  public var source: IPv4Address?
  public var encoding: Encoding
  public var channels: Int
  /// The first device channel it fills; counts from 1, as in the file.
  public var firstChannel: Int
  /// The only payload type that is taken; nil for any.
  public var payloadType: UInt8?
  /// From the sender's sampling instant to capture (AES67, 7.4).
  public var linkOffset: Interval
  public var alignment: Alignment
  /// What the sender adds to the media clock: SDP's `mediaclk:direct` (CLK-03).
  public var timestampOffset: UInt32

  /// The device channels it fills, counted from 0.
  public var deviceChannels: Range<Int> { firstChannel - 1..<firstChannel - 1 + channels }

  /// The link offset in frames, which is how exact it can be.
  public var linkOffsetFrames: Int64 { SampleRate.hz48000.frames(in: linkOffset) }
}
