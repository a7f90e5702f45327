// SPDX-License-Identifier: MIT
public import Addressing
internal import MediaClock

/// The PTP clock that a receiver follows.
public struct FollowedClock: Hashable, Sendable {
  public var domain: UInt8
  /// Nil while none is known.
  public var grandmaster: EUI64?
  /// True if its grandmaster knows true time.
  public var isTraceable: Bool

  public init(domain: UInt8, grandmaster: EUI64?, isTraceable: Bool = false) {
    self.domain = domain
    self.grandmaster = grandmaster
    self.isTraceable = isTraceable
  }
}

/// The addresses that begin with so many bits of another.
public struct AddressPrefix: Hashable, Sendable, CustomStringConvertible {
  public var address: IPv4Address
  /// 0 to 32.
  public var bits: Int

  public init(_ address: IPv4Address, bits: Int) {
    self.address = address
    self.bits = min(32, max(0, bits))
  }

  public func contains(_ other: IPv4Address) -> Bool {
    bits == 0 || (address.bits ^ other.bits) >> (32 - UInt32(bits)) == 0
  }

  public var description: String { "\(address)/\(bits)" }
}

/// What a receiver can take: this host, or a device of some make.
public struct ReceiverProfile: Hashable, Sendable {
  public var encodings: [StreamDescription.Encoding] = [.l24, .l16]
  /// In hertz.
  public var rate = Int(DeviceFormat.second)
  public var maximumChannels = 8
  /// In a packet; a stream that does not say is taken.
  public var frames: [Int] = [6, 12, 16, 48]
  /// True if others are taken as well, as long as the payload fits.
  public var takesOtherFrames = false
  /// In bytes (AES-09).
  public var maximumPayload = 1_440
  /// Where groups must be; nil for anywhere.
  public var groups: AddressPrefix?
  /// Nil for any.
  public var port: UInt16?
  /// Of the receiver, to which a stream may go instead of to a group.
  public var ownAddresses: [IPv4Address] = []
  /// True if a description without clock lines is refused.
  public var needsClock = false
  /// True if a stream of another PTP domain is taken, by its arrival, as one without any clock is.
  public var takesOtherDomains = false
  /// True if a filter in the session part hides the stream.
  public var hidesSessionFilters = false
  /// Nil when nothing is known of the receiver's clock, or it follows none.
  public var clock: FollowedClock?

  public init() {}

  /// This device: all its channels, and every packet time (AES-07, AES-08).
  public static func thisHost(
    addresses: [IPv4Address], clock: FollowedClock?
  ) -> ReceiverProfile {
    var profile = ReceiverProfile()
    profile.maximumChannels = DeviceFormat.channels
    profile.frames = [6, 12, 16, 48, 192]
    profile.takesOtherFrames = true
    profile.ownAddresses = addresses
    profile.clock = clock
    profile.takesOtherDomains = true
    return profile
  }
}
