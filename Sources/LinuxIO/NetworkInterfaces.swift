// SPDX-License-Identifier: MIT
public import Addressing
internal import CLinux
internal import Glibc

internal import struct SystemPackage.Errno

/// One network interface as it is now.
public struct NetworkInterface: Equatable, Sendable {
  public let name: String
  /// What the kernel calls it in socket options; never 0.
  public let index: UInt32
  public var isUp: Bool
  /// Has a carrier.
  public var isRunning: Bool
  public var isLoopback: Bool
  public var isMulticast: Bool
  /// 48 bits; nil where the interface has none, as the loopback one.
  public var ethernetAddress: UInt64?
  /// In the kernel's order: the first is the one that packets leave with.
  public var addresses: [IPv4Address]
  /// What it is made of.
  public var kind: InterfaceKind
  /// The index of the bridge or bond whose port it is; nil when it stands for itself.
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

  /// True if it lacks no more than a carrier or an address.
  var isAwaited: Bool { isUp && isMulticast && !isLoopback && !isUsable }
}

/// How fast a link is.
public struct LinkSpeed: Equatable, Sendable {
  /// In Mbit/s.
  public let megabits: Int
  /// Nil where the driver does not say.
  public let isFullDuplex: Bool?
}

/// The interfaces of this host, and which of them to use.
public enum NetworkInterfaces {
  /// All interfaces in the order of their index, with or without addresses.
  ///
  /// The label of an address, such as `eth0:1`, makes no interface.
  public static func list() throws(SystemError) -> [NetworkInterface] {
    for _ in 0..<attempts {
      if let interfaces = try listOnce() { return interfaces }
    }
    throw SystemError(
      call: .rtnetlink, code: .resourceTemporarilyUnavailable,
      subject: "interfaces change all the time")
  }

  /// A list may be torn by a change and is made again, but not for ever.
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

  /// Returns true if the interface lets its link sleep between packets (IEEE 802.3az); nil if its driver does
  /// not say.
  public static func hasEnergyEfficientEthernet(_ name: String) -> Bool? {
    switch unsafe clinux_energy_efficient_ethernet(name) {
    case 0: false
    case 1: true
    default: nil
    }
  }

  /// The speed of an interface's link; nil without a link, or where its driver does not say.
  public static func linkSpeed(_ name: String) -> LinkSpeed? {
    var duplex: Int32 = -1
    let megabits = unsafe clinux_link_speed(name, &duplex)
    guard megabits > 0 else { return nil }
    return LinkSpeed(megabits: Int(megabits), isFullDuplex: duplex < 0 ? nil : duplex == 1)
  }

  /// The interface that is meant, whether or not it can be used now.
  ///
  /// - Parameter name: nil for ``automaticChoice(among:)``.
  public static func choice(
    _ name: String?, among interfaces: [NetworkInterface]
  ) -> NetworkInterface? {
    guard let name else { return automaticChoice(among: interfaces) }
    return interfaces.first { $0.name == name }
  }

  /// The interface for the setting `auto`: of those that are up, have a carrier, multicast and have an address the
  /// first wired one, else the first wireless one; the loopback interface where there is none.
  ///
  /// A virtual one, such as the bridge of a container engine, is taken only on a host that has nothing else: one that
  /// is there before the cable is plugged in is not what is meant.
  public static func automaticChoice(among interfaces: [NetworkInterface]) -> NetworkInterface? {
    let usable = interfaces.filter { $0.isUsable && $0.isMulticast && !$0.isLoopback }
    let isAwaited = interfaces.contains { $0.kind < .virtual && $0.master == nil && $0.isMulticast }
    return usable.first { $0.kind == .wired } ?? usable.first { $0.kind == .wireless }
      ?? (isAwaited ? nil : usable.first)
      ?? interfaces.first { $0.isUsable && $0.isLoopback }
  }
}
