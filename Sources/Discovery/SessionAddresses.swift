// SPDX-License-Identifier: MIT
internal import Addressing
internal import DaemonConfiguration
internal import EventLog
internal import LinuxIO
internal import Logging
internal import MediaClock
internal import Session

/// Keeps our senders off the groups of other devices (NET-03).
extension SessionLoop {
  /// The time for which announcements are collected before an address is chosen.
  private static let attention = Interval.seconds(1)

  /// Detects other devices on our groups, and chooses addresses for senders with automatic ones.
  mutating func followAddresses(
    _ found: (interface: NetworkInterface, address: IPv4Address)?, at now: MonotonicInstant
  ) {
    guard let found else { return watch.forget() }
    chooseAddresses(from: found.address, at: now)
    let running = streams.runningSenders
    if !configuration.network.loopback { watch.follow(running, on: found.interface) }
    let heard = watch.listen(own: found.interface.addresses, at: now)
    followLayout(found, heard, at: now)
    for (id, sender) in running {
      guard sender.address.isMulticast, !isNumbered(sender) else {
        streams.setWarning(id, nil)
        continue
      }
      let rival = rival(of: id, sender)
      if rival != nil, sender.hasAutomaticAddress {
        move(id, sender, from: found.address)
        continue
      }
      let warning = rival.map {
        "\($0) also sends to \(sender.address):\(sender.port), and receivers cannot tell the two"
          + " apart: give one of them another address"
      }
      streams.setWarning(id, warning)
    }
  }

  /// The other device on this group, by its packets or its announcement.
  private mutating func rival(of id: StreamID, _ sender: SenderConfiguration) -> String? {
    if let intruder = watch.intruder(on: id) { return "\(intruder)" }
    return known.rival(of: sender).map { "\"\($0.session)\" of \($0.stream.origin)" }
  }

  private mutating func chooseAddresses(from host: IPv4Address, at now: MonotonicInstant) {
    guard let since = listeningSince, now - since >= Self.attention else { return }
    let base = configuration.layout.base.bits
    for (id, sender) in streams.senders
    where sender.hasAutomaticAddress && sender.address.bits & 0xFFFF_0000 != base {
      move(id, sender, from: host)
    }
  }

  /// Moves a sender to an unused group: the one that it had before this daemon started, otherwise the next one
  /// below the layout's base, from a place that follows from our own address, so that hosts begin far from each
  /// other.
  private func move(_ id: StreamID, _ sender: SenderConfiguration, from host: IPv4Address) {
    var taken = Set(known.offers.compactMap(\.stream.address.ip4))
    for (_, other) in streams.senders { taken.insert(other.address) }
    let base = configuration.layout.base.bits
    let scattered = host.bits &* 0x9E37_79B1 >> 16
    let lows = (0..<UInt32(0xFFFE)).lazy.map { (scattered &+ $0) & 0xFFFF }
      .filter { $0 & 0xFF != 0 && $0 & 0xFF != 0xFF }
    let former = identities.addresses(of: id, named: sender.name).first {
      $0.bits & 0xFFFF_0000 == base && !taken.contains($0)
    }
    let free = lows.map { IPv4Address(bits: base | $0) }.first { !taken.contains($0) }
    if let group = former ?? free {
      do {
        try streams.move(id, to: group)
        log.info("sender \(sender.name) uses \(group)")
      } catch {
        log.debug("sender \(sender.name) cannot use \(group): \(error)")
      }
    }
  }
}
