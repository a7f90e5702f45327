// SPDX-License-Identifier: MIT
internal import Addressing
internal import CLinux
internal import Glibc

internal import struct SystemPackage.Errno

/// Parses the kernel's messages about interfaces and their addresses (rtnetlink(7)).
///
/// An address belongs to the interface with its index. Its label, such as `eth0:1`, is a name of the address
/// alone. `getifaddrs` is not used, because it returns the label instead of the interface's name, and no index.
struct InterfaceMessages {
  private var links: [UInt32: NetworkInterface] = [:]
  /// The kernel's kind of each link, and whether its frames are Ethernet.
  private var families: [UInt32: (name: String, isEthernet: Bool)] = [:]
  private var addresses: [(index: UInt32, address: IPv4Address)] = []
  /// True if something changed while the kernel listed: the list may be incomplete, and must be read again.
  private(set) var isInterrupted = false

  init() {}

  /// The interfaces by ascending index, each with its addresses in the kernel's order.
  ///
  /// An address whose interface is not listed appeared or disappeared between the two lists, and is left out.
  var interfaces: [NetworkInterface] {
    var links = links
    for (index, address) in addresses { links[index]?.addresses.append(address) }
    let wired = Set(
      links.values.filter { families[$0.index].map(Self.isHardware) ?? false }.map(\.index))
    for (index, family) in families {
      guard let link = links[index] else { continue }
      let hasWiredPort = links.values.contains { $0.master == index && wired.contains($0.index) }
      links[index]?.kind = InterfaceKind(
        family: family.name, isEthernet: family.isEthernet, isLoopback: link.isLoopback,
        hasWiredPort: hasWiredPort)
    }
    return links.values.sorted { $0.index < $1.index }
  }

  private static func isHardware(_ family: (name: String, isEthernet: Bool)) -> Bool {
    family.isEthernet && (family.name.isEmpty || ["vlan", "bond", "team"].contains(family.name))
  }

  /// Takes in what one read brought: any number of whole messages.
  ///
  /// - Returns: true if the list is complete.
  /// - Throws: what the kernel refused; `EBADMSG` for bytes that are no messages.
  mutating func receive(_ bytes: some RandomAccessCollection<UInt8>) throws(SystemError)
    -> Bool
  {
    var rest = Fields(bytes)
    while !rest.isEmpty {
      guard let length = rest.number(UInt32.self, at: 0),
        let type = rest.number(UInt16.self, at: 4),
        let flags = rest.number(UInt16.self, at: 6), length >= Self.headBytes,
        let message = rest.take(Int(length))
      else { throw .malformedMessage }
      if Int(flags) & CLINUX_MESSAGE_INTERRUPTED != 0 { isInterrupted = true }
      switch Int(type) {
      case CLINUX_MESSAGE_DONE:
        return true
      case CLINUX_MESSAGE_ERROR:
        guard let code = message.number(Int32.self, at: Self.headBytes) else {
          throw .malformedMessage
        }
        throw SystemError(call: .rtnetlink, code: Errno(rawValue: 0 &- code))
      case CLINUX_MESSAGE_LINK: try addLink(message)
      case CLINUX_MESSAGE_ADDRESS: try addAddress(message)
      default: break
      }
    }
    return false
  }

  /// `struct nlmsghdr`, 16 bytes; after it comes `struct ifinfomsg`, 16, or `struct ifaddrmsg`, 8.
  private static let headBytes = 16

  private mutating func addLink(_ message: Fields) throws(SystemError) {
    guard let type = message.number(UInt16.self, at: 18),
      let index = message.number(UInt32.self, at: 20),
      let flags = message.number(UInt32.self, at: 24)
    else { throw .malformedMessage }
    var name = ""
    var ethernetAddress: UInt64?
    var master: UInt32?
    var family = ""
    for (attribute, value) in try message.attributes(from: 32) {
      switch Int(attribute) {
      case CLINUX_LINK_NAME:
        name = String(decoding: value.prefix { $0 != 0 }, as: UTF8.self)
      case CLINUX_LINK_ADDRESS where Int(type) == CLINUX_LINK_TYPE_ETHERNET && value.count == 6:
        let bits = value.reduce(0) { $0 << 8 | UInt64($1) }
        ethernetAddress = bits == 0 ? nil : bits
      case CLINUX_LINK_MASTER: master = Fields(value).number(UInt32.self, at: 0)
      case CLINUX_LINK_INFO:
        for (inner, text) in try Fields(value).attributes(from: 0)
        where Int(inner) == CLINUX_LINK_INFO_KIND {
          family = String(decoding: text.prefix { $0 != 0 }, as: UTF8.self)
        }
      default: break
      }
    }
    func has(_ flag: Int) -> Bool { flags & UInt32(flag) != 0 }
    families[index] = (family, Int(type) == CLINUX_LINK_TYPE_ETHERNET)
    links[index] = NetworkInterface(
      name: name, index: index, isUp: has(Int(IFF_UP)), isRunning: has(Int(IFF_RUNNING)),
      isLoopback: has(Int(IFF_LOOPBACK)), isMulticast: has(Int(IFF_MULTICAST)),
      ethernetAddress: ethernetAddress, addresses: [], master: master)
  }

  private mutating func addAddress(_ message: Fields) throws(SystemError) {
    guard let family = message.number(UInt8.self, at: 16),
      let index = message.number(UInt32.self, at: 20)
    else { throw .malformedMessage }
    guard Int32(family) == AF_INET else { return }
    // On a point-to-point link one is ours and the other the peer's; otherwise they are equal.
    var local: [UInt8]?
    for (attribute, value) in try message.attributes(from: 24) where value.count == 4 {
      if Int(attribute) == CLINUX_ADDRESS_LOCAL { local = value }
      if Int(attribute) == CLINUX_ADDRESS_ADDRESS, local == nil { local = value }
    }
    guard let local else { return }
    addresses.append((index, IPv4Address(bits: local.reduce(0) { $0 << 8 | UInt32($1) })))
  }
}

/// Bytes of a message, read within their bounds, in this host's byte order.
private struct Fields {
  private var bytes: ArraySlice<UInt8>

  init(_ bytes: some Sequence<UInt8>) { self.bytes = Array(bytes)[...] }

  var isEmpty: Bool { bytes.isEmpty }

  func number<Number: FixedWidthInteger>(_ type: Number.Type, at offset: Int) -> Number? {
    let size = MemoryLayout<Number>.size
    guard offset + size <= bytes.count else { return nil }
    let start = bytes.startIndex + offset
    let raw = Array(bytes[start..<start + size])
    return unsafe raw.withUnsafeBytes { unsafe $0.loadUnaligned(as: Number.self) }
  }

  /// Takes the first `length` bytes away, and what fills them up to a multiple of four.
  mutating func take(_ length: Int) -> Fields? {
    guard length <= bytes.count else { return nil }
    let taken = Fields(bytes.prefix(length))
    bytes = bytes.dropFirst((length + 3) & ~3)
    return taken
  }

  /// The attributes from `offset` on (`struct rtattr`: length, type, value).
  func attributes(
    from offset: Int
  ) throws(SystemError) -> [(type: UInt16, value: [UInt8])] {
    var rest = Fields(bytes.dropFirst(offset))
    var found: [(type: UInt16, value: [UInt8])] = []
    while !rest.isEmpty {
      guard let length = rest.number(UInt16.self, at: 0),
        let type = rest.number(UInt16.self, at: 2),
        length >= 4, let attribute = rest.take(Int(length))
      else { throw .malformedMessage }
      found.append((type, Array(attribute.bytes.dropFirst(4))))
    }
    return found
  }
}

extension SystemError {
  fileprivate static var malformedMessage: SystemError {
    SystemError(call: .rtnetlink, code: .badMessage)
  }
}
