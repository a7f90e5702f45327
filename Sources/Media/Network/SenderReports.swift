// SPDX-License-Identifier: MIT
internal import DaemonConfiguration
internal import LinuxIO
internal import MediaClock
internal import RTCP

/// The RTCP of one sender: its reports to receivers, and theirs to it (RFC 3550, 6; RTP-07).
///
/// About every five seconds it sends a sender report, with the relation of its RTP clock to the network's time,
/// the amount that was sent, and its name. Receivers' reports are counted. A receiver without RTCP, or a port
/// that another program uses, does no harm. Under the streams' lock.
final class SenderReports {
  /// The mean time between reports (RFC 3550, 6.2).
  static let interval = Interval.seconds(5)

  /// The content of a report.
  struct Content {
    var ssrc: UInt32
    /// The stream's `mediaclk:direct` value.
    var timestampOffset: UInt32 = 0
    var packets: UInt64
    /// The octets of payload.
    var octets: UInt64
    var clock: DeviceClock
  }

  private let socket: RTCPSocket
  private let cname: String
  private var due: MonotonicInstant
  private var hasReported = false
  /// The number of received reports about this sender.
  private(set) var heard: UInt64 = 0
  private var buffer = [UInt8](repeating: 0, count: 2048)

  /// - Parameter cname: the same for all streams of this daemon, so that receivers can associate them (RFC
  ///   3550, 6.5.1).
  init(_ socket: consuming RTCPSocket, cname: String, at now: MonotonicInstant) {
    self.socket = socket
    self.cname = cname
    due = now + Self.dithered(half: true)
  }

  var descriptor: Int32 { socket.file.number }

  /// Sends a report when it is due, and reads those of others.
  func advance(_ content: Content, at now: MonotonicInstant) {
    hear(content.ssrc)
    guard now >= due else { return }
    due = now + Self.dithered(half: false)
    // A lost report is repeated.
    try? send(.report(of: content.ssrc, Self.info(content, at: now), cname: cname))
    hasReported = true
  }

  /// Tells receivers that the stream ends, if a report was sent before.
  func leave(_ ssrc: UInt32) {
    if hasReported { try? send(.goodbye(of: ssrc, cname: cname)) }
    hasReported = false
  }

  func rejoin() { try? socket.rejoin() }

  /// Changes the marking of packets. Returns false if the kernel refuses that.
  func mark(_ marking: PacketMarking) -> Bool { (try? marking.apply(to: socket.file)) != nil }

  /// The clock mapping. It is taken at a whole frame, so that both timestamps mean the same instant.
  static func info(_ content: Content, at now: MonotonicInstant) -> SenderInfo {
    let frame = content.clock.mediaFrame(at: now)
    let time = PTPInstant(nanoseconds: 0) + DeviceFormat.rate.interval(of: frame.index)
    return SenderInfo(
      time: NTPTimestamp(time), timestamp: RTPTimestamp(frame, offset: content.timestampOffset),
      packets: UInt32(truncatingIfNeeded: content.packets),
      octets: UInt32(truncatingIfNeeded: content.octets))
  }

  /// Half to one and a half times the interval, so that senders do not report at once (RFC 3550, 6.3.1).
  private static func dithered(half: Bool) -> Interval {
    let mean = interval.nanoseconds / (half ? 2 : 1)
    return Interval(nanoseconds: .random(in: mean / 2...mean / 2 * 3))
  }

  private func send(_ compound: RTCPCompound) throws(SystemError) {
    try socket.send(unsafe compound.bytes.span.bytes)
  }

  /// The number of packets read at once; the others of a flood are read later.
  private static let maximumPackets = 64

  private func hear(_ ssrc: UInt32) {
    for _ in 0..<Self.maximumPackets {
      var span = buffer.mutableSpan
      var bytes = unsafe span.mutableBytes
      guard let count = socket.receive(into: &bytes) else { return }
      guard let compound = try? RTCPCompound(parsing: Array(buffer[..<count])) else { continue }
      heard += UInt64(compound.reports(about: ssrc))
    }
  }
}

extension RTCPCompound {
  /// Returns the number of reports about `sender`, of receivers and of senders that also receive.
  func reports(about sender: UInt32) -> Int {
    packets.reduce(0) { sum, packet in
      switch packet {
      case .receiverReport(_, let reports), .senderReport(_, _, let reports):
        sum + reports.count { $0.ssrc == sender }
      default: sum
      }
    }
  }
}
