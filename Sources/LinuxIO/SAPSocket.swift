// SPDX-License-Identifier: MIT
public import Addressing
internal import CLinux
internal import Glibc
internal import Synchronization

/// The sockets of session announcements on one interface: one for each group to listen on, and one that sends
/// to the groups for announcing (RFC 2974, 3; SAP-01).
public struct SAPSocket: ~Copyable, Sendable {
  /// The groups in common use: 239.255.255.255 for AES67 devices, 224.2.127.254 of the standard with global
  /// scope, 239.195.255.255 with organization scope, and 224.0.0.56 for PipeWire.
  public static let commonGroups = [
    IPv4Address(bits: 0xEFFF_FFFF), IPv4Address(bits: 0xE002_7FFE),
    IPv4Address(bits: 0xEFC3_FFFF), IPv4Address(bits: 0xE000_0038),
  ]
  public static var port: UInt16 { 9875 }

  /// The groups for announcing.
  private let groups: [IPv4Address]
  private let port: UInt16
  private let listeners: [Owned<ReceiverSocket>]
  private let sender: SenderSocket
  /// The listener that ``receive(into:)`` reads first.
  private let turn = Atomic<Int>(0)

  /// - Parameters:
  ///   - loopback: true if programs on this host receive our announcements as well.
  ///   - groups: the groups for announcing, at least one, which are also listened on.
  ///   - others: groups that are only listened on, as far as the kernel permits.
  public init(
    interface: NetworkInterface, source: IPv4Address, loopback: Bool,
    groups: [IPv4Address], listeningAlsoOn others: [IPv4Address] = [], port: UInt16 = Self.port
  ) throws(SystemError) {
    var listeners: [Owned<ReceiverSocket>] = []
    for group in others where !groups.contains(group) {
      guard
        let listener = try? ReceiverSocket(
          interface: interface, address: group, port: port, source: nil)
      else { continue }
      listeners.append(Owned(listener))
    }
    for group in groups {
      listeners.append(
        Owned(
          try ReceiverSocket(interface: interface, address: group, port: port, source: nil)))
    }
    // Best effort, and as far as scopes allow (NET-04, NET-07).
    let sender = try SenderSocket(
      interface: interface, source: source, ttl: 255, dscp: 0, loopback: loopback)
    self.groups = groups
    self.port = port
    self.listeners = listeners
    self.sender = sender
  }

  /// The descriptors, each readable when an announcement waits.
  public var descriptors: [Int32] { listeners.map { $0.value.file.number } }

  /// Sends one announcement to every group for announcing. One that cannot be sent is announced again later.
  ///
  /// - Throws: the first group's failure, after all groups have been tried.
  public func send(_ bytes: [UInt8]) throws(SystemError) {
    let number = sender.file.number
    try groups.attemptEach { (group) throws(SystemError) in
      try kernel(.sendTo, "\(group):\(port)") {
        unsafe clinux_send_to(number, bytes, bytes.count, group.bits, port)
      }
    }
  }

  /// Reads the next announcement; nil if there is none.
  ///
  /// The groups take turns, so that a flood on one does not delay announcements on another.
  public func receive(into buffer: inout [UInt8]) -> (count: Int, source: IPv4Address)? {
    let first = turn.load(ordering: .relaxed)
    for step in listeners.indices {
      let index = (first + step) % listeners.count
      var address: UInt32 = 0
      var port: UInt16 = 0
      let count = unsafe clinux_receive_from(
        listeners[index].value.file.number, &buffer, buffer.count, &address, &port)
      guard count >= 0 else { continue }
      turn.store((index + 1) % listeners.count, ordering: .relaxed)
      return (count, IPv4Address(bits: address))
    }
    return nil
  }

  /// Joins all groups again (NET-09).
  ///
  /// - Throws: the first group's failure, after all groups have been tried.
  public func rejoin() throws(SystemError) {
    try listeners.attemptEach { (listener) throws(SystemError) in try listener.value.rejoin() }
  }
}
