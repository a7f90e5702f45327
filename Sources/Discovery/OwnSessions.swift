// SPDX-License-Identifier: MIT
internal import Addressing
internal import DaemonConfiguration
internal import MediaClock
internal import Session

/// Our senders as announced sessions, one for each.
struct OwnSessions {
  /// The source address, the clock and the range of announcements.
  struct Surroundings: Equatable {
    var address: IPv4Address
    /// The Ethernet address of the interface, which is the reference clock without PTP.
    var ethernetAddress: UInt64?
    var grandmaster: FollowedClock?
    var timeToLive: UInt8
  }

  static func description(
    of sender: SenderConfiguration, identifier: UInt64, in surroundings: Surroundings
  ) -> SessionDescription {
    let host = HostAddress(surroundings.address)
    var stream = StreamDescription(
      name: sender.name, origin: host, address: HostAddress(sender.address), port: sender.port,
      payloadType: sender.payloadType, encoding: .l24, channels: sender.channels,
      frames: sender.packetTime.frames)
    if sender.address.isMulticast {
      stream.timeToLive = sender.ttl ?? surroundings.timeToLive
      stream.sources = [surroundings.address]
    }
    stream.channelNames =
      sender.channelNames.isEmpty
      ? sender.route.map { $0.map { "CH\($0 + 1)" } ?? "" } : sender.channelNames
    stream.referenceClocks = referenceClock(surroundings).map { [$0] } ?? []
    stream.mediaClock = .direct(offset: 0, numerator: 1, denominator: 1)
    return SessionDescription(
      origin: Origin(identifier: identifier, version: 1, address: host), name: sender.name,
      streams: [stream])
  }

  /// The elected grandmaster (SDP-05, SDP-07); without PTP our own clock, by hardware address.
  private static func referenceClock(_ surroundings: Surroundings) -> ReferenceClock? {
    if let clock = surroundings.grandmaster, let grandmaster = clock.grandmaster {
      return ReferenceClock(grandmaster: grandmaster, domain: clock.domain)
    }
    guard let address = surroundings.ethernetAddress else { return nil }
    return ReferenceClock("localmac=\(EUI64.text(ofEthernetAddress: address))")
  }
}
