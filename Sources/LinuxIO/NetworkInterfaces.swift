// SPDX-License-Identifier: MIT
public import Addressing
internal import CLinux
internal import Glibc

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

  public init(
    name: String, index: UInt32, isUp: Bool, isRunning: Bool, isLoopback: Bool, isMulticast: Bool,
    ethernetAddress: UInt64? = nil, addresses: [IPv4Address]
  ) {
    self.name = name
    self.index = index
    self.isUp = isUp
    self.isRunning = isRunning
    self.isLoopback = isLoopback
    self.isMulticast = isMulticast
    self.ethernetAddress = ethernetAddress
    self.addresses = addresses
  }

  /// Whether streams can use it now.
  public var isUsable: Bool { isUp && isRunning && !addresses.isEmpty }
}

/// The interfaces of this host, and which of them to use.
public enum NetworkInterfaces {
  /// All interfaces, in the order of their index, with or without addresses.
  public static func list() throws(SystemError) -> [NetworkInterface] {
    var head: UnsafeMutablePointer<ifaddrs>?
    try kernel("getifaddrs") { unsafe getifaddrs(&head) }
    defer { unsafe freeifaddrs(head) }
    var found: [String: NetworkInterface] = [:]
    var next = unsafe head
    while let entry = unsafe next {
      unsafe merge(entry.pointee, into: &found)
      unsafe next = entry.pointee.ifa_next
    }
    return found.values.sorted { $0.index < $1.index }
  }

  /// Whether an interface lets its link sleep between packets; nil where its driver does not say.
  public static func isEnergyEfficient(_ name: String) -> Bool? {
    switch unsafe clinux_energy_efficient_ethernet(name) {
    case 0: false
    case 1: true
    default: nil
    }
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

  /// The interface for the setting `auto`: the first that is up, has a carrier, multicasts and has
  /// an address; the loopback interface where there is none.
  public static func automaticChoice(among interfaces: [NetworkInterface]) -> NetworkInterface? {
    interfaces.first { $0.isUsable && $0.isMulticast && !$0.isLoopback }
      ?? interfaces.first { $0.isUsable && $0.isLoopback }
  }

  /// `getifaddrs` lists an interface once for each address and once without any.
  private static func merge(_ entry: ifaddrs, into found: inout [String: NetworkInterface]) {
    // Safety: the list is ours until freeifaddrs; names in it are terminated.
    let name = unsafe String(cString: entry.ifa_name)
    let flags = unsafe entry.ifa_flags
    func has(_ flag: Int) -> Bool { flags & UInt32(flag) != 0 }
    let index = unsafe if_nametoindex(entry.ifa_name)
    guard index != 0 else { return }  // It went away between the two calls.
    var interface =
      found[name]
      ?? NetworkInterface(
        name: name, index: index, isUp: has(Int(IFF_UP)),
        isRunning: has(Int(IFF_RUNNING)), isLoopback: has(Int(IFF_LOOPBACK)),
        isMulticast: has(Int(IFF_MULTICAST)), addresses: [])
    if let address = unsafe entry.ifa_addr, unsafe address.pointee.sa_family == AF_INET {
      // Safety: the family says that a sockaddr_in is there.
      let bits = unsafe UnsafeRawPointer(address).loadUnaligned(as: sockaddr_in.self).sin_addr
      interface.addresses.append(IPv4Address(bits: UInt32(bigEndian: bits.s_addr)))
    }
    if let address = unsafe entry.ifa_addr {
      // Safety: it reads no more than the family allows.
      let bits = unsafe clinux_ethernet_address(address)
      if bits != 0 { interface.ethernetAddress = bits }
    }
    found[name] = interface
  }
}
