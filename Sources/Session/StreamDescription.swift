// SPDX-License-Identifier: MIT
public import Addressing
public import MediaClock

/// One stream of a session, reduced to the properties that an engine needs to receive it and a user to identify
/// it.
///
/// It has the values of the sender, even if this device cannot receive them: the verdict is Lint's.
public struct StreamDescription: Hashable, Sendable {
  /// The sample format.
  public enum Encoding: Hashable, Sendable, CustomStringConvertible {
    case l16
    case l24
    /// Another encoding by its SDP name, such as `AM824`.
    case other(String)

    public init(_ name: String) {
      switch name.uppercased() {
      case "L16": self = .l16
      case "L24": self = .l24
      default: self = .other(name)
      }
    }

    /// The size of a sample; nil if the encoding is not supported.
    public var bytesPerSample: Int? {
      switch self {
      case .l16: 2
      case .l24: 3
      case .other: nil
      }
    }

    public var description: String {
      switch self {
      case .l16: "L16"
      case .l24: "L24"
      case .other(let name): name
      }
    }
  }

  /// The part of a description that names the hosts that may send. Older controllers of one vendor do not show
  /// a stream if it is at session level (SDP-10).
  public enum FilterPlace: Hashable, Sendable {
    case session
    case media
  }

  /// The second leg of a stream that is sent twice (ST 2022-7).
  public struct Leg: Hashable, Sendable {
    public var address: HostAddress
    public var port: UInt16
    public var sources: [IPv4Address]
  }

  public var name: String
  /// The host that describes it, which is often, but not always, the sender.
  public var origin: HostAddress

  public var address: HostAddress
  public var port: UInt16
  public var timeToLive: UInt8?
  /// The only hosts that may send; empty for any.
  public var sources: [IPv4Address] = []
  public var filterPlace: FilterPlace?
  public var duplicate: Leg?

  /// The payload type in the line `m=`.
  public var payloadType: UInt8
  /// The payload type of the format, if it is another one: packets may have either.
  public var mappedPayloadType: UInt8?
  /// The transport, such as `RTP/AVP`, or `RTP/SAVP` if it is encrypted.
  public var transport = "RTP/AVP"
  public var encoding: Encoding
  /// The sample rate in hertz.
  public var rate: Int
  public var channels: Int
  /// The frames in a packet; nil if unknown. Receivers use the length of the packets themselves (AES-08).
  public var frames: Int?
  /// The channel names: one for every channel, some of them empty; or none at all.
  public var channelNames: [String] = []
  public var channelOrder: ChannelOrder?

  public var referenceClocks: [ReferenceClock] = []
  public var mediaClock: MediaClockAttribute?
  /// True if the sender has paused it, by `a=inactive` or port 0.
  public var isInactive = false

  public init(
    name: String, origin: HostAddress, address: HostAddress, port: UInt16, payloadType: UInt8,
    encoding: Encoding, rate: Int = Int(DeviceFormat.second), channels: Int, frames: Int?
  ) {
    self.name = name
    self.origin = origin
    self.address = address
    self.port = port
    self.payloadType = payloadType
    self.encoding = encoding
    self.rate = rate
    self.channels = channels
    self.frames = frames
  }

  /// The sender's offset to its media clock (CLK-03); nil if its timestamps follow no PTP clock, so that they
  /// can only be placed by arrival (CLK-05).
  public var timestampOffset: UInt32? {
    if case .direct(let offset, let numerator, let denominator) = mediaClock,
      numerator == denominator
    {
      offset
    } else {
      nil
    }
  }

  /// The size of the payload in bytes; nil if the packet time or the encoding is unknown.
  public var payloadBytes: Int? {
    guard let frames, let size = encoding.bytesPerSample else { return nil }
    let (samples, overflow) = frames.multipliedReportingOverflow(by: channels)
    return overflow || samples > 1 << 32 ? Int.max : samples * size
  }
}
