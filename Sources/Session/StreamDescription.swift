// SPDX-License-Identifier: MIT
public import Addressing
public import MediaClock

/// One stream of a session, reduced to what an engine needs to receive it and a person to know it.
///
/// It says what the sender says, also when this device could not receive that: the verdict is Lint's.
public struct StreamDescription: Hashable, Sendable {
  /// How samples are packed.
  public enum Encoding: Hashable, Sendable, CustomStringConvertible {
    case l16
    case l24
    /// By SDP's name, such as `AM824`.
    case other(String)

    public init(_ name: String) {
      switch name.uppercased() {
      case "L16": self = .l16
      case "L24": self = .l24
      default: self = .other(name)
      }
    }

    /// Nil when we cannot unpack them.
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

  /// Which part of a description names the hosts that may send. One vendor's older controllers do not
  /// show a stream in which the session does (SDP-10).
  public enum FilterPlace: Hashable, Sendable {
    case session
    case media
  }

  /// The second way of a stream that is sent twice (ST 2022-7).
  public struct Leg: Hashable, Sendable {
    public var address: HostAddress
    public var port: UInt16
    public var sources: [IPv4Address]
  }

  public var name: String
  /// Who describes it; often, but not always, who sends it.
  public var origin: HostAddress

  public var address: HostAddress
  public var port: UInt16
  public var timeToLive: UInt8?
  /// The only hosts that may send; empty for any.
  public var sources: [IPv4Address] = []
  public var filterPlace: FilterPlace?
  public var duplicate: Leg?

  /// As the line `m=` has it.
  public var payloadType: UInt8
  /// The payload type that the format belongs to where that is another one: packets may have either.
  public var mappedPayloadType: UInt8?
  /// Such as `RTP/AVP`, or `RTP/SAVP` where it is encrypted.
  public var transport = "RTP/AVP"
  public var encoding: Encoding
  /// In hertz.
  public var rate: Int
  public var channels: Int
  /// In a packet; nil when unsaid. Receivers go by the packets themselves (AES-08).
  public var frames: Int?
  /// One for every channel, some perhaps empty; or none at all.
  public var channelNames: [String] = []
  public var channelOrder: ChannelOrder?

  public var referenceClocks: [ReferenceClock] = []
  public var mediaClock: MediaClockAttribute?
  /// True if the sender has stopped it, by `a=inactive` or port 0.
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

  /// What the sender adds to its media clock (CLK-03); nil when its timestamps follow no PTP clock, so
  /// that only arrival can place them (CLK-05).
  public var timestampOffset: UInt32? {
    if case .direct(let offset, let numerator, let denominator) = mediaClock,
      numerator == denominator
    {
      offset
    } else {
      nil
    }
  }

  /// In bytes; nil when the packet time or the encoding is unknown.
  public var payloadBytes: Int? {
    guard let frames, let size = encoding.bytesPerSample else { return nil }
    let (samples, overflow) = frames.multipliedReportingOverflow(by: channels)
    return overflow || samples > 1 << 32 ? Int.max : samples * size
  }
}
