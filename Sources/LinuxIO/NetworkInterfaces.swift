// SPDX-License-Identifier: MIT
public import Addressing
internal import CLinux
internal import Glibc

internal import struct SystemPackage.Errno

/// One network interface in its present state.
public struct NetworkInterface: Equatable, Sendable {
  public let name: String
  /// The kernel's number of the interface in socket options; never 0.
  public let index: UInt32
  public var isUp: Bool
  /// True if it has a carrier.
  public var isRunning: Bool
  public var isLoopback: Bool
  public var isMulticast: Bool
  /// The 48-bit Ethernet address; nil if the interface has none, like the loopback interface.
  public var ethernetAddress: UInt64?
  /// The addresses in the kernel's order: packets are sent from the first one.
  public var addresses: [IPv4Address]
  /// The kind of interface.
  public var kind: InterfaceKind
  /// The index of the bridge or bond whose port it is; nil if it is not a port.
  public var master: UInt32?

  public init(
    name: String, index: UInt32, isUp: Bool, isRunning: Bool, isLoopback: Bool, isMulticast: Bool,
    ethernetAddress: UInt64? = nil, addresses: [IPv4Address], kind: InterfaceKind? = nil,
    master: UInt32? = nil
  ) {
    self.name = name
    self.index = index
    self.isUp = isUp
    self.isRunning = isRunning
    self.isLoopback = isLoopback
    self.isMulticast = isMulticast
    self.ethernetAddress = ethernetAddress
    self.addresses = addresses
    self.kind = kind ?? (isLoopback ? .loopback : .wired)
    self.master = master
  }

  /// True if streams can use it now.
  public var isUsable: Bool { isUp && isRunning && !addresses.isEmpty }

  /// True if only a carrier or an address is missing.
  var isAwaited: Bool { isUp && isMulticast && !isLoopback && !isUsable }
}

/// The speed of a link.
public struct LinkSpeed: Equatable, Sendable {
  /// In Mbit/s.
  public let megabits: Int
  /// True for full duplex; nil if the driver does not report it.
  public let isFullDuplex: Bool?
}

/// The interfaces of this host, and the choice among them.
public enum NetworkInterfaces {
  /// All interfaces in the order of their index, with or without addresses.
  ///
  /// An address label, such as `eth0:1`, is not an interface.
  public static func list() throws(SystemError) -> [NetworkInterface] {
    for _ in 0..<attempts {
      if let interfaces = try listOnce() { return interfaces }
    }
    throw SystemError(
      call: .rtnetlink, code: .resourceTemporarilyUnavailable,
      subject: "interfaces change all the time")
  }

  /// The number of attempts: a list may be torn by a change, and is then read again.
  private static var attempts: Int { 16 }

  /// - Returns: nil if something changed meanwhile.
  private static func listOnce() throws(SystemError) -> [NetworkInterface]? {
    let socket = FileDescriptor(
      owning: try kernel(.socket, "rtnetlink") { clinux_open_interface_list() })
    let number = socket.number
    var messages = InterfaceMessages()
    var buffer = [UInt8](repeating: 0, count: 64 * 1024)
    for request in [clinux_request_links, clinux_request_addresses] {
      try kernel(.send, "rtnetlink") { request(number) }
      var isComplete = false
      while !isComplete {
        let count = try kernel(.receive, "rtnetlink") {
          unsafe clinux_receive_list(number, &buffer, buffer.count)
        }
        isComplete = try messages.receive(buffer.prefix(count))
      }
    }
    if messages.isInterrupted { return nil }
    return messages.interfaces.map { interface in
      var interface = interface
      if interface.kind == .wired, isWireless(interface.name) { interface.kind = .wireless }
      return interface
    }
  }

  private static func isWireless(_ name: String) -> Bool {
    Files.exists("/sys/class/net/\(name)/phy80211")
      || Files.exists("/sys/class/net/\(name)/wireless")
  }

  /// Returns true if the link may sleep between packets (IEEE 802.3az); nil if the driver does not report it.
  public static func hasEnergyEfficientEthernet(_ name: String) -> Bool? {
    switch unsafe clinux_energy_efficient_ethernet(name) {
    case 0: false
    case 1: true
    default: nil
    }
  }

  /// The speed of an interface's link; nil without a link, or if the driver does not report it.
  public static func linkSpeed(_ name: String) -> LinkSpeed? {
    var duplex: Int32 = -1
    let megabits = unsafe clinux_link_speed(name, &duplex)
    guard megabits > 0 else { return nil }
    return LinkSpeed(megabits: Int(megabits), isFullDuplex: duplex < 0 ? nil : duplex == 1)
  }

  /// The selected interface, whether or not it can be used now.
  ///
  /// - Parameter name: nil for ``automaticChoice(among:)``.
  public static func choice(
    _ name: String?, among interfaces: [NetworkInterface]
  ) -> NetworkInterface? {
    guard let name else { return automaticChoice(among: interfaces) }
    return interfaces.first { $0.name == name }
  }

  /// The interface for the setting `auto`. Among those that are up, have a carrier and an address, and can
  /// multicast, it is the first wired one, otherwise the first wireless one; the loopback interface if there is
  /// none.
  ///
  /// A virtual interface, such as the bridge of a container engine, is used only on a host that has no other:
  /// one that exists before the cable is plugged in is not the right one.
  public static func automaticChoice(among interfaces: [NetworkInterface]) -> NetworkInterface? {
    let usable = interfaces.filter { $0.isUsable && $0.isMulticast && !$0.isLoopback }
    let isAwaited = interfaces.contains { $0.kind < .virtual && $0.master == nil && $0.isMulticast }
    return usable.first { $0.kind == .wired } ?? usable.first { $0.kind == .wireless }
      ?? (isAwaited ? nil : usable.first)
      ?? interfaces.first { $0.isUsable && $0.isLoopback }
  }
}
