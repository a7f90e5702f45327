// SPDX-License-Identifier: MIT
internal import Addressing

extension ReceiverProfile {
  /// Returns the obstacles that prevent this receiver from playing the stream.
  public func verdict(on stream: StreamDescription) -> Verdict {
    Verdict(
      delivery(of: stream) + format(of: stream) + referenceClock(of: stream)
        + mediaClock(of: stream))
  }

  private func delivery(of stream: StreamDescription) -> [Obstacle] {
    var obstacles: [Obstacle] = stream.isInactive ? [.inactive] : []
    let transport = stream.transport.uppercased()
    if transport.contains("SAVP") || transport.contains("TLS") {
      obstacles.append(.encrypted(stream.transport))
    } else if !["RTP/AVP", "RTP/AVPF", "RTP/AVP/UDP"].contains(transport) {
      obstacles.append(.transport(stream.transport))
    }
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
    // At another rate, the packet time is not the problem.
    if let count = stream.frames, stream.rate == rate, !frames.contains(count) {
      let milliseconds = PacketTimeAttribute.value(frames: count, rate: rate)
      obstacles.append(
        takesOtherFrames
          ? .unusualPacketTime(milliseconds: milliseconds)
          : .packetTime(
            milliseconds: milliseconds,
            allowed: frames.map { PacketTimeAttribute.value(frames: $0, rate: rate) }))
    }
    if let bytes = stream.payloadBytes, bytes > maximumPayload {
      obstacles.append(.payload(bytes: bytes, maximum: maximumPayload))
    }
    if let mapped = stream.mappedPayloadType {
      obstacles.append(.mappedPayloadType(stream.payloadType, mapped: mapped))
    }
    if stream.payloadType < 96 { obstacles.append(.staticPayloadType(stream.payloadType)) }
    return obstacles
  }

  /// The obstacles of the best reference clock; a sender may name several (SDP-06, SDP-08).
  private func referenceClock(of stream: StreamDescription) -> [Obstacle] {
    guard !stream.referenceClocks.isEmpty else {
      return [needsClock ? .noReferenceClock : .unsynchronised]
    }
    let each = stream.referenceClocks.map { obstacle(of: $0) }
    if each.contains(nil) { return [] }
    let known = each.compactMap { $0 }
    return [known.min { Self.weight(of: $0) < Self.weight(of: $1) } ?? known[0]]
  }

  /// The severity of an obstacle of a reference clock.
  private static func weight(of obstacle: Obstacle) -> Int {
    switch obstacle {
    case .otherGrandmaster: 0
    case .traceable: 1
    case _ where obstacle.isFatal: 3
    default: 2
    }
  }

  private func obstacle(of reference: ReferenceClock) -> Obstacle? {
    switch reference {
    case .ptp(_, let theirs, let domain):
      guard let clock else { return nil }
      guard domain == clock.domain else {
        return takesOtherDomains
          ? .otherDomain(domain, ours: clock.domain) : .domain(domain, ours: clock.domain)
      }
      guard let ours = clock.grandmaster, theirs != ours, !ReferenceClock.isUnknown(theirs)
      else { return nil }
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
      // Reported once.
      return stream.referenceClocks.isEmpty ? [] : [.unsynchronised]
    }
  }
}
