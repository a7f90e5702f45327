// SPDX-License-Identifier: MIT
internal import Addressing
public import MediaClock

/// A kind of device: the streams that it can receive, and the settings of a sender that suit it best.
///
/// From vendors' manuals and reports of users (Dante, ST 2110-30) or, less certain, from unconfirmed reports
/// (RAVENNA's and Livewire's limits); none was tried with the devices themselves.
public enum PeerPreset: String, CaseIterable, Sendable {
  case dante
  case ravenna
  case st2110 = "st2110-30"
  case livewire

  /// The streams that such a device can receive.
  public var receiver: ReceiverProfile {
    var profile = ReceiverProfile()
    switch self {
    case .dante:
      profile.groups = prefix
      profile.port = 5004
      profile.needsClock = true
      profile.hidesSessionFilters = true
      profile.clock = FollowedClock(domain: 0, grandmaster: nil)
    case .ravenna:
      profile.maximumChannels = 64
      profile.frames = [1, 6, 12, 16, 32, 48, 64, 96, 192]
      profile.clock = FollowedClock(domain: 0, grandmaster: nil)
    case .st2110:
      // Level A, which every receiver supports; many also support the 125 µs of level B.
      profile.frames = [48]
      profile.needsClock = true
      profile.clock = FollowedClock(domain: 127, grandmaster: nil, isTraceable: true)
    case .livewire:
      profile.encodings = [.l24]
      profile.frames = [48]
      profile.clock = FollowedClock(domain: 0, grandmaster: nil)
    }
    return profile
  }

  /// The prefix for a sender's groups; nil for any in 239/8.
  public var prefix: AddressPrefix? {
    self == .dante ? AddressPrefix(IPv4Address(bits: 0xEF45_0000), bits: 16) : nil
  }

  public var packetTime: PacketTime { .ms1 }

  public var payloadType: UInt8 { self == .dante ? 97 : 98 }

  public var ptpDomain: UInt8 { self == .st2110 ? 127 : 0 }

  /// The style of a description for such a device.
  public var style: SDPStyle {
    var style = SDPStyle()
    style.filterPlace = .media
    style.ravenna = self != .st2110
    return style
  }
}
