// SPDX-License-Identifier: MIT
public import Addressing

/// A host's claim to a number in the layout of default streams.
///
/// It is sent as the SAP deletion of a session that never existed, which other devices ignore (RFC 2974, 4). In
/// its line `o=`, the user name has the kind and the base of the layout, the session identifier is the
/// installation, and the version is the number.
public struct LayoutClaim: Hashable, Sendable {
  /// The strength of a claim, the weakest first.
  public enum Kind: String, CaseIterable, Comparable, Sendable {
    /// The number is requested by a host that has none.
    case probe
    /// The number is requested by a host that had it before.
    case kept
    /// The number is in use, and was chosen by the host itself.
    case held
    /// The number is in use, and was chosen by the administrator: it never changes.
    case fixed

    private var strength: Int { Self.allCases.firstIndex(of: self) ?? 0 }
    public static func < (left: Self, right: Self) -> Bool { left.strength < right.strength }
  }

  /// The claiming daemon. Of two with the same kind of claim, the lower one keeps its number.
  public struct Claimant: Hashable, Comparable, Sendable {
    public var address: IPv4Address
    /// A random number that is chosen once for each installation.
    public var installation: UInt64

    public init(address: IPv4Address, installation: UInt64) {
      self.address = address
      self.installation = installation
    }

    public static func < (left: Self, right: Self) -> Bool {
      (left.address.bits, left.installation) < (right.address.bits, right.installation)
    }
  }

  public var kind: Kind
  /// The third byte of the addresses, 1 to 254.
  public var number: UInt8
  /// The first two bytes of the addresses; layouts with different ones do not interfere.
  public var base: IPv4Address
  public var claimant: Claimant

  public init(kind: Kind, number: UInt8, base: IPv4Address, claimant: Claimant) {
    self.kind = kind
    self.number = number
    self.base = base
    self.claimant = claimant
  }

  /// Returns true if this claim wins the number that both ask for. Both hosts come to the same result.
  public func beats(_ other: LayoutClaim) -> Bool {
    kind == other.kind ? claimant < other.claimant : kind > other.kind
  }
}

extension LayoutClaim {
  private static let userName = "aes67-layout"

  /// The datagram for the announcement groups.
  public var bytes: [UInt8] {
    // The identifier names the host and not the claim; zero would have no meaning.
    let hash = UInt16(truncatingIfNeeded: claimant.installation) | 1
    let origin =
      "o=\(Self.userName)-\(kind.rawValue)-\(base) \(claimant.installation) \(number)"
      + " IN IP4 \(claimant.address)\r\n"
    return SAPPacket(
      isDeletion: true,
      key: AnnouncementKey(origin: .ip4(claimant.address), hash: hash),
      payload: Array(origin.utf8)
    ).bytes
  }

  /// Parses a datagram of an announcement group; nil for anything but a claim.
  public init?(_ bytes: [UInt8]) {
    // Version 1, a deletion, by an IPv4 address, neither encrypted nor compressed.
    guard bytes.count < 200, bytes.first == 0x24,
      let packet = try? SAPPacket(parsing: bytes, inflate: { _, _ in nil }), packet.isDeletion,
      packet.payload.starts(with: "o=\(Self.userName)-".utf8)
    else { return nil }
    let line = packet.payload.dropFirst(2).prefix { $0 != 0x0D && $0 != 0x0A }
    let fields = Text.decoded(line).split(separator: " ")
    let words = fields.first?.split(separator: "-") ?? []
    guard fields.count == 6, words.count == 4, fields[3] == "IN", fields[4] == "IP4",
      let kind = Kind(rawValue: String(words[2])), let base = IPv4Address(String(words[3])),
      let installation = UInt64(fields[1]), let number = UInt8(fields[2]),
      (1...254).contains(number), let address = IPv4Address(String(fields[5])),
      base.isMulticast, address.isUnicast, packet.key.origin == .ip4(address)
    else { return nil }
    self.init(
      kind: kind, number: number, base: base,
      claimant: Claimant(address: address, installation: installation))
  }
}
