// SPDX-License-Identifier: MIT

/// An audible event with the packets around it: the answer to "it clicked at 21:14".
public struct GlitchEvent: Codable, Equatable, Sendable {
  public enum Kind: String, Codable, Sendable {
    /// A packet came after its first frame was due.
    case late
    /// A packet is missing.
    case lost
    /// The sender restarted, or its time jumped.
    case resync
    /// No packet arrived for 10 packet times, at least 100 ms, after which the stream continued.
    case gap
  }

  /// One received packet.
  public struct Packet: Codable, Equatable, Sendable {
    public var sequence: UInt16
    public var timestamp: UInt32
    public var ssrc: UInt32
    /// The source's address and port.
    public var source: String
    /// The length in frames; 0 if the packet is not of the agreed format.
    public var frames: Int
    /// The device frame at its arrival.
    public var arrivalFrame: Int64
    /// Frames from its arrival until its first frame was due; negative for late packets.
    public var marginFrames: Int64
    /// The verdict under which it was counted: `inTime`, `late`, `early`, `duplicate`, `reordered`.
    public var verdict: String

    public init(
      sequence: UInt16, timestamp: UInt32, ssrc: UInt32, source: String, frames: Int,
      arrivalFrame: Int64, marginFrames: Int64, verdict: String
    ) {
      self.sequence = sequence
      self.timestamp = timestamp
      self.ssrc = ssrc
      self.source = source
      self.frames = frames
      self.arrivalFrame = arrivalFrame
      self.marginFrames = marginFrames
      self.verdict = verdict
    }
  }

  /// The number of the event, which increases by one with each event of this daemon.
  public var number: UInt64
  public var kind: Kind
  /// The receiver's name.
  public var receiver: String
  /// Packets that were lost at once or missing in a gap; for other events, the number of events that were
  /// combined.
  public var count: Int
  /// The device frame at which it was detected.
  public var deviceFrame: Int64
  /// The same in milliseconds of Unix time, by this host's time of day.
  public var unixMilliseconds: Int64
  /// The packets before and after it, in the order of arrival.
  public var packets: [Packet]

  public init(
    number: UInt64, kind: Kind, receiver: String, count: Int, deviceFrame: Int64,
    unixMilliseconds: Int64, packets: [Packet]
  ) {
    self.number = number
    self.kind = kind
    self.receiver = receiver
    self.count = count
    self.deviceFrame = deviceFrame
    self.unixMilliseconds = unixMilliseconds
    self.packets = packets
  }
}
