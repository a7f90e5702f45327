// SPDX-License-Identifier: MIT
public import Addressing
internal import MediaClock

/// The PTP clock that a receiver follows.
public struct FollowedClock: Hashable, Sendable {
  public var domain: UInt8
  /// The grandmaster; nil while none is known.
  public var grandmaster: EUI64?
  /// True if its grandmaster is traceable to a primary reference.
  public var isTraceable: Bool

  public init(domain: UInt8, grandmaster: EUI64?, isTraceable: Bool = false) {
    self.domain = domain
    self.grandmaster = grandmaster
    self.isTraceable = isTraceable
  }
}

/// The addresses with the same first bits as another.
public struct AddressPrefix: Hashable, Sendable, CustomStringConvertible {
  public var address: IPv4Address
  /// The number of bits, 0 to 32.
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

/// The capabilities of a receiver: this host, or a device of some make.
public struct ReceiverProfile: Hashable, Sendable {
  public var encodings: [StreamDescription.Encoding] = [.l24, .l16]
  /// The sample rate in hertz.
  public var rate = Int(DeviceFormat.second)
  public var maximumChannels = 8
  /// The frames in a packet; a stream without this information is accepted.
  public var frames: [Int] = [6, 12, 16, 48]
  /// True if other packet times are accepted as well, as long as the payload fits.
  public var takesOtherFrames = false
  /// The maximum payload in bytes (AES-09).
  public var maximumPayload = 1_440
  /// The prefix of all groups; nil for any.
  public var groups: AddressPrefix?
  /// The only port; nil for any.
  public var port: UInt16?
  /// The addresses of the receiver, to which a unicast stream can be sent.
  public var ownAddresses: [IPv4Address] = []
  /// True if a description without clock lines is refused.
  public var needsClock = false
  /// True if a stream of another PTP domain is placed by its arrival, like one without any clock.
  public var takesOtherDomains = false
  /// True if a filter at session level hides the stream.
  public var hidesSessionFilters = false
  /// The receiver's clock; nil if it is unknown, or follows none.
  public var clock: FollowedClock?

  public init() {}

  /// The profile of this device: all its channels, and every packet time (AES-07, AES-08).
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
