// SPDX-License-Identifier: MIT

/// Something that could be heard, with the packets around it: the answer to "it clicked at 21:14".
public struct GlitchEvent: Codable, Equatable, Sendable {
  public enum Kind: String, Codable, Sendable {
    /// A packet came after its first frame was due.
    case late
    /// Nothing filled a gap.
    case lost
    /// The sender began anew, or its time jumped.
    case resync
    /// No packet came for 10 packet times, at least 100 ms, and then they came again.
    case gap
  }

  /// One packet as it came.
  public struct Packet: Codable, Equatable, Sendable {
    public var sequence: UInt16
    public var timestamp: UInt32
    public var ssrc: UInt32
    /// Address and port.
    public var source: String
    /// In frames; 0 for what was not of the agreed format.
    public var frames: Int
    /// The device frame that was current when it came.
    public var arrivalFrame: Int64
    /// Frames from then until its first was due; negative for late ones.
    public var marginFrames: Int64
    /// `inTime`, `late`, `early`, `duplicate`, `reordered`: as it was counted.
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

  /// Rises by one with each event of this daemon.
  public var number: UInt64
  public var kind: Kind
  /// The receiver's name.
  public var receiver: String
  /// Packets that the event concerns: how many were lost at once, or did not come in a gap; else how many events
  /// fell together.
  public var count: Int
  /// When it was noticed, in device frames.
  public var deviceFrame: Int64
  /// The same in milliseconds of the Unix time scale, by this host's time of day.
  public var unixMilliseconds: Int64
  /// Those before and after it, in the order of their coming.
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
