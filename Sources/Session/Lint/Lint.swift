// SPDX-License-Identifier: MIT
internal import Addressing

extension ReceiverProfile {
  /// Returns what keeps this receiver from taking the stream.
  public func verdict(on stream: StreamDescription) -> Verdict {
    Verdict(
      delivery(of: stream) + format(of: stream) + referenceClock(of: stream)
        + mediaClock(of: stream))
  }

  private func delivery(of stream: StreamDescription) -> [Obstacle] {
    var obstacles: [Obstacle] = stream.isInactive ? [.inactive] : []
    if let address = stream.address.ip4 {
      if !address.isMulticast {
        if !ownAddresses.contains(address) { obstacles.append(.notOurAddress("\(address)")) }
      } else if let groups, !groups.contains(address) {
        obstacles.append(.prefix("\(address)", allowed: "\(groups)"))
      }
    } else {
      obstacles.append(.addressFamily(stream.address.text))
    }
    if let port, stream.port != port, stream.port != 0 {
      obstacles.append(.port(stream.port, allowed: port))
    }
    if hidesSessionFilters, stream.filterPlace == .session {
      obstacles.append(.hiddenBySessionFilter)
    }
    return obstacles
  }

  private func format(of stream: StreamDescription) -> [Obstacle] {
    var obstacles: [Obstacle] = []
    if !encodings.contains(stream.encoding) {
      let names = encodings.map(\.description)
      obstacles.append(.encoding(stream.encoding.description, allowed: names))
    }
    if stream.rate != rate { obstacles.append(.rate(stream.rate, allowed: rate)) }
    if stream.channels > maximumChannels {
      obstacles.append(.channels(stream.channels, maximum: maximumChannels))
    }
    // At another rate the packet time is not what is wrong.
    if let count = stream.frames, stream.rate == rate, !frames.contains(count) {
      obstacles.append(
        .packetTime(
          milliseconds: PacketTimeAttribute.value(frames: count, rate: rate),
          allowed: frames.map { PacketTimeAttribute.value(frames: $0, rate: rate) }))
    }
    if let bytes = stream.payloadBytes, bytes > maximumPayload {
      obstacles.append(.payload(bytes: bytes, maximum: maximumPayload))
    }
    if stream.payloadType < 96 { obstacles.append(.staticPayloadType(stream.payloadType)) }
    return obstacles
  }

  /// A sender may name several clocks; the one that suits best counts (SDP-06, SDP-08).
  private func referenceClock(of stream: StreamDescription) -> [Obstacle] {
    guard !stream.referenceClocks.isEmpty else {
      return [needsClock ? .noReferenceClock : .unsynchronised]
    }
    let each = stream.referenceClocks.map { obstacle(of: $0) }
    if each.contains(nil) { return [] }
    let known = each.compactMap { $0 }
    return [known.first { !$0.isFatal } ?? known[0]]
  }

  private func obstacle(of reference: ReferenceClock) -> Obstacle? {
    switch reference {
    case .ptp(_, let theirs, let domain):
      guard let clock else { return nil }
      guard domain == clock.domain else {
        return takesOtherDomains
          ? .otherDomain(domain, ours: clock.domain) : .domain(domain, ours: clock.domain)
      }
      // Some senders do not know their grandmaster and write zeros.
      guard let ours = clock.grandmaster, theirs.bits != 0, theirs != ours else { return nil }
      return .otherGrandmaster("\(theirs)", ours: "\(ours)")
    case .traceable: return clock.map { $0.isTraceable ? nil : .traceable } ?? nil
    case .localMAC: return needsClock ? .noReferenceClock : .unsynchronised
    case .other(let value): return .unknownClock(value)
    }
  }

  private func mediaClock(of stream: StreamDescription) -> [Obstacle] {
    switch stream.mediaClock {
    case .direct(_, let above, let below):
      return above == below ? [] : [.clockRate(above, below)]
    case .sender, .other, nil:
      if needsClock { return [.noMediaClock] }
      // Said once is enough.
      return stream.referenceClocks.isEmpty ? [] : [.unsynchronised]
    }
  }
}
