// SPDX-License-Identifier: MIT

/// Whether a stream runs, and why not.
public enum StreamState: String, Codable, Sendable {
  case running
  case failed
}

/// One sender as the status shows it.
public struct SenderStatus: Codable, Equatable, Sendable {
  public var name: String
  public var address: String
  public var port: UInt16
  public var channels: Int
  public var firstChannel: Int
  public var packetTimeMicroseconds: Int
  public var payloadType: UInt8
  public var ssrc: UInt32
  public var state: StreamState
  /// What is wrong and how to mend it; nil while it runs.
  public var error: String?
  public var packets: UInt64
  public var dropped: UInt64
  public var sendErrors: UInt64
}

/// One receiver as the status shows it. Every packet is exactly one of `inTime` to `malformed`.
public struct ReceiverStatus: Codable, Equatable, Sendable {
  public var name: String
  public var address: String
  public var port: UInt16
  public var channels: Int
  public var firstChannel: Int
  public var encoding: String
  public var linkOffsetFrames: Int64
  public var state: StreamState
  public var error: String?
  public var packets: UInt64
  public var inTime: UInt64
  public var late: UInt64
  public var early: UInt64
  public var duplicate: UInt64
  public var foreign: UInt64
  public var malformed: UInt64
  public var reordered: UInt64
  public var lost: UInt64
  public var resyncs: UInt64
  public var ssrc: UInt32
}
