// SPDX-License-Identifier: MIT
public import Addressing
internal import CLinux
internal import Glibc
public import MediaClock

internal import struct SystemPackage.Errno

/// A UDP socket for PTP messages, on one interface and in both PTP groups (IEEE 1588-2008, Annex D).
///
/// The event socket reports the time at which each message passed the kernel; the general one need not.
/// Software timestamps are CLOCK_REALTIME (TS-05). Each is converted to CLOCK_MONOTONIC by readings of both
/// clocks, so that setting the time of day costs a sample and never causes a wrong one.
public struct PTPSocket: ~Copyable, Sendable {
  /// The group of all messages except those of the peer delay mechanism.
  public static let group = IPv4Address(bits: 0xE000_0181)

  /// That group, and the group of the peer delay mechanism.
  private static let groups = [group, IPv4Address(bits: 0xE000_006B)]

  public static var eventPort: UInt16 { 319 }
  public static var generalPort: UInt16 { 320 }

  /// A received message: its length in the caller's buffer, its source, and its time of arrival.
  public struct Received: Equatable, Sendable {
    public var count: Int
    public var source: IPv4Address
    /// The time of arrival; nil if the kernel has no timestamp, or if CLOCK_REALTIME was set meanwhile.
    public var at: MonotonicInstant?
  }

  /// The departure of a message.
  public struct Departure: Equatable, Sendable {
    /// The number of the send on this socket, counted from 0 and wrapping.
    public var number: UInt32
    public var at: MonotonicInstant
  }

  public let file: FileDescriptor
  private let memberships: [Membership]
  private let hardware: HardwareStamps?

  /// - Parameters:
  ///   - port: `eventPort` or `generalPort`.
  ///   - dscp: 0 to 63; AES67 asks for 46 for PTP (NET-04).
  ///   - stamps: true to have the kernel timestamp received and sent messages.
  ///   - hardware: nil for the kernel's timestamps; otherwise the card's, which the interface already makes.
  public init(
    interface: NetworkInterface, port: UInt16, dscp: UInt8, stamps: Bool,
    hardware: HardwareStamps? = nil
  ) throws(SystemError) {
    var failure = clinux_failure()
    let number = unsafe interface.name.withCString { name in
      var options = unsafe clinux_ptp_options(
        interface_name: name, interface_index: interface.index, port: port, dscp: Int32(dscp),
        stamps: stamps, hardware: hardware != nil)
      return unsafe clinux_open_ptp(&options, &failure)
    }
    guard number >= 0 else {
      throw SystemError(failure, "PTP port \(port) on \(interface.name)")
    }
    file = FileDescriptor(owning: number)
    self.hardware = hardware
    memberships = Self.groups.map {
      Membership(interface: interface.index, group: $0, source: nil)
    }
  }

  /// Leaves both groups.
  ///
  /// The host is in a group as long as any of its sockets is. In order to tell switches again that it is, all
  /// sockets leave before the first one joins (NET-09).
  public func leave() { for membership in memberships { membership.leave(on: file.number) } }

  /// Joins both groups.
  ///
  /// - Throws: `ENODEV` if the interface is gone.
  public func join() throws(SystemError) {
    for membership in memberships { try membership.join(on: file.number) }
  }

  /// Sends `bytes` to `address`, without waiting.
  public func send(
    _ bytes: RawSpan, to address: IPv4Address, port: UInt16
  ) throws(SystemError) {
    let number = file.number
    try kernel(.sendTo, "\(address):\(port)") {
      unsafe bytes.withUnsafeBytes { buffer in
        unsafe clinux_send_to(number, buffer.baseAddress, buffer.count, address.bits, port)
      }
    }
  }

  /// Reads the next message into `buffer`; nil if there is none.
  public func receive(into buffer: inout MutableRawSpan) throws(SystemError) -> Received? {
    var source: UInt32 = 0
    var stamp = clinux_stamp()
    let number = file.number
    let before = ClockPair.take()
    let count = unsafe buffer.withUnsafeMutableBytes { memory in
      unsafe clinux_ptp_receive(number, memory.baseAddress, memory.count, &source, &stamp)
    }
    guard count >= 0 else {
      if errno == EAGAIN || errno == EINTR { return nil }
      throw SystemError(call: .receiveMessage, code: Errno(rawValue: errno), subject: "PTP")
    }
    return Received(
      count: count, source: IPv4Address(bits: source), at: instant(of: stamp, before))
  }

  /// Makes the kernel count departures from 0 again, because after a failed send the count is uncertain.
  public func restartStamps() {
    // It can only fail if the socket has no timestamps at all.
    _ = clinux_ptp_restart_stamps(file.number)
  }

  /// Reads the next transmit timestamp; nil if there is none.
  ///
  /// Must be called until it returns nil, because a full queue uses up the receive buffer (TS-03).
  public func departure() throws(SystemError) -> Departure? {
    // Bounded: other messages are removed from the queue as well.
    for _ in 0..<256 {
      var number: UInt32 = 0
      var stamp = clinux_stamp()
      let before = ClockPair.take()
      let outcome = unsafe clinux_ptp_transmit_stamp(file.number, &number, &stamp)
      switch outcome {
      case 0: return nil
      case 1:
        guard let at = instant(of: stamp, before) else { continue }
        return Departure(number: number, at: at)
      case 2: continue
      default:
        throw SystemError(
          call: .receiveMessage, code: Errno(rawValue: errno), subject: "PTP error queue")
      }
    }
    return nil
  }

  /// The time of a timestamp. One class of timestamps never replaces another, because they differ by more than
  /// the noise of either.
  private func instant(of stamp: clinux_stamp, _ before: ClockPair) -> MonotonicInstant? {
    guard let hardware else { return before.monotonic(stamp.software_ns) }
    return hardware.monotonic(stamp.hardware_ns)
  }
}

/// Both clocks at one instant.
struct ClockPair {
  /// CLOCK_REALTIME minus CLOCK_MONOTONIC.
  let difference: Int64
  /// The time between the two readings of CLOCK_MONOTONIC.
  let width: Int64

  /// A difference beyond the clocks' drift and a reading's duration, which shows that the time of day was set.
  private static let step: Int64 = 1_000_000

  /// The shortest of three pairs of readings.
  static func take() -> ClockPair {
    var best = ClockPair(difference: 0, width: .max)
    for _ in 0..<3 {
      let before = clinux_monotonic_nanoseconds()
      let real = clinux_realtime_nanoseconds()
      let after = clinux_monotonic_nanoseconds()
      let width = after - before
      if width < best.width {
        best = ClockPair(difference: real - (before + width / 2), width: width)
      }
    }
    return best
  }

  /// Converts a CLOCK_REALTIME timestamp; nil if there is none or the clock has been set since.
  func monotonic(_ realtime: Int64) -> MonotonicInstant? {
    guard realtime != 0 else { return nil }
    let now = ClockPair.take()
    guard abs(now.difference - difference) < ClockPair.step else { return nil }
    let instant = realtime - now.difference
    // A timestamp of the future, or of long ago, was made before the clock was set.
    let age = clinux_monotonic_nanoseconds() - instant
    guard age > -ClockPair.step, age < 1_000_000_000 else { return nil }
    return MonotonicInstant(nanoseconds: instant)
  }
}
