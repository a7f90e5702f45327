// SPDX-License-Identifier: MIT
public import MediaClock

/// An instant in NTP's format: seconds since 1900 and 2^-32 of them (RFC 3550, 4).
///
/// It wraps in 2036; only its relation to the RTP timestamp beside it matters.
@frozen
public struct NTPTimestamp: Hashable, Sendable, BitwiseCopyable {
  public var value: UInt64

  @inlinable @_noLocks @_noAllocation
  public init(_ value: UInt64) { self.value = value }

  /// The seconds from NTP's epoch to that of Unix and PTP.
  @inlinable
  public static var epochSeconds: UInt64 { @_noLocks @_noAllocation get { 2_208_988_800 } }

  /// An instant of the network's time scale, which the SDP's reference clock names.
  @inlinable @_noLocks @_noAllocation
  public init(_ instant: PTPInstant) {
    let billion: Int64 = 1_000_000_000
    var seconds = instant.nanoseconds / billion
    var rest = instant.nanoseconds % billion
    if rest < 0 {
      seconds -= 1
      rest += billion
    }
    let whole = UInt64(bitPattern: seconds) &+ NTPTimestamp.epochSeconds
    let fraction = (UInt64(rest) << 32) / UInt64(billion)
    value = whole << 32 | fraction
  }

  /// The middle 32 bits, which reports refer to.
  @inlinable
  public var middle: UInt32 {
    @_noLocks @_noAllocation get { UInt32(truncatingIfNeeded: value >> 16) }
  }
}

/// A participant's report on one sender that it receives (RFC 3550, 6.4.1).
@frozen
public struct ReceptionReport: Hashable, Sendable, BitwiseCopyable {
  public var ssrc: UInt32
  /// The loss in the last interval, in 256ths.
  public var fractionLost: UInt8
  /// The loss since the beginning; clamped to 24 bits with sign on the wire.
  public var cumulativeLost: Int32
  /// The highest sequence number, with its cycles above it.
  public var highestSequence: UInt32
  /// The interarrival jitter in units of the RTP clock.
  public var jitter: UInt32
  /// The middle of the last sender report's NTP time, 0 for none.
  public var lastSenderReport: UInt32
  /// The time since that report arrived, in 2^-16 s.
  public var delaySinceLast: UInt32

  /// The size in bytes.
  public static let size = 24

  public init(
    ssrc: UInt32, fractionLost: UInt8 = 0, cumulativeLost: Int32 = 0, highestSequence: UInt32 = 0,
    jitter: UInt32 = 0, lastSenderReport: UInt32 = 0, delaySinceLast: UInt32 = 0
  ) {
    self.ssrc = ssrc
    self.fractionLost = fractionLost
    self.cumulativeLost = cumulativeLost
    self.highestSequence = highestSequence
    self.jitter = jitter
    self.lastSenderReport = lastSenderReport
    self.delaySinceLast = delaySinceLast
  }

  init(_ reader: inout RTCPReader) {
    ssrc = reader.uint32()
    let lost = reader.uint32()
    fractionLost = UInt8(lost >> 24)
    cumulativeLost = Int32(bitPattern: lost << 8) >> 8
    highestSequence = reader.uint32()
    jitter = reader.uint32()
    lastSenderReport = reader.uint32()
    delaySinceLast = reader.uint32()
  }

  func write(into bytes: inout [UInt8]) {
    let lost = UInt32(bitPattern: max(-0x80_0000, min(0x7F_FFFF, cumulativeLost))) & 0xFF_FFFF
    bytes.append(big: ssrc)
    bytes.append(big: UInt32(fractionLost) << 24 | lost)
    bytes.append(big: highestSequence)
    bytes.append(big: jitter)
    bytes.append(big: lastSenderReport)
    bytes.append(big: delaySinceLast)
  }
}

/// A sender's information on itself: the relation of its RTP clock to the network's clock, and its packets and
/// octets so far (RFC 3550, 6.4.1; RTP-07).
@frozen
public struct SenderInfo: Hashable, Sendable, BitwiseCopyable {
  public var time: NTPTimestamp
  /// The RTP clock at that instant.
  public var timestamp: RTPTimestamp
  public var packets: UInt32
  /// The octets of payload.
  public var octets: UInt32

  /// The size in bytes.
  public static let size = 20

  public init(time: NTPTimestamp, timestamp: RTPTimestamp, packets: UInt32, octets: UInt32) {
    self.time = time
    self.timestamp = timestamp
    self.packets = packets
    self.octets = octets
  }

  init(_ reader: inout RTCPReader) {
    time = NTPTimestamp(UInt64(reader.uint32()) << 32 | UInt64(reader.uint32()))
    timestamp = RTPTimestamp(reader.uint32())
    packets = reader.uint32()
    octets = reader.uint32()
  }

  func write(into bytes: inout [UInt8]) {
    bytes.append(big: UInt32(truncatingIfNeeded: time.value >> 32))
    bytes.append(big: UInt32(truncatingIfNeeded: time.value))
    bytes.append(big: timestamp.value)
    bytes.append(big: packets)
    bytes.append(big: octets)
  }
}
