// SPDX-License-Identifier: MIT

/// The sample format of an RTP payload: big-endian two's complement, interleaved by frame (AES-04).
public enum SampleEncoding: UInt8, Sendable, BitwiseCopyable {
  /// 16 bits (RFC 3551, 4.5.11).
  case l16 = 2
  /// 24 bits (RFC 3190, 4).
  case l24 = 3

  @inlinable
  public var bytesPerSample: Int { @_noLocks @_noAllocation get { Int(rawValue) } }

  /// The encoding name of SDP's rtpmap.
  public var name: String {
    switch self {
    case .l16: "L16"
    case .l24: "L24"
    }
  }
}

/// The greatest RTP payload, in bytes: 1500 less IPv6, UDP and RTP headers (AES-09).
@inlinable
public var maximumPayload: Int { @_noLocks @_noAllocation get { 1440 } }
