// SPDX-License-Identifier: MIT
internal import Addressing

/// The style of a description, in which receivers have different requirements.
public struct SDPStyle: Hashable, Sendable {
  /// The part that names the hosts that may send; nil for none.
  public var filterPlace: StreamDescription.FilterPlace? = .media
  /// True to write `framecount`, `sync-time` and `clock-domain`, which RAVENNA devices use and others ignore.
  public var ravenna = true
  /// The value of `a=keywds`.
  public var keywords: String?

  public init() {}
}

extension SessionDescription {
  /// Describes streams of this host. The lines and their order are those that the strictest devices are known
  /// to accept (SDP-01 to SDP-14).
  public init(
    origin: Origin, name: String, streams: [StreamDescription], style: SDPStyle = SDPStyle()
  ) {
    // Some readers expect the connection at session level, some at media level (SDP-02).
    let common = streams.count == 1 ? streams[0].connection : nil
    self.init(origin: origin, name: name, connection: common)
    if let keywords = style.keywords { attributes.append(Attribute("keywds", keywords)) }
    for (index, stream) in streams.enumerated() {
      if style.filterPlace == .session, let filter = stream.sourceFilter {
        attributes.append(Attribute("source-filter", " " + filter.value))
      }
      var section = stream.section(style)
      let numbered = streams.count > 1 && stream.name != "\(name) \(index + 1)"
      if section.information == nil, numbered { section.information = stream.name }
      media.append(section)
    }
  }

  /// The description without channel names if it would be longer with them: announcements should stay below a
  /// kilobyte, and everything else in a description is needed (SDP-16).
  public func shortened(to maximumByteCount: Int = 1_000) -> SessionDescription {
    guard text.utf8.count > maximumByteCount else { return self }
    var short = self
    for index in short.media.indices
    where short.media[index].information.flatMap({ ChannelNames.parse($0) }) != nil {
      short.media[index].information = nil
    }
    return short
  }
}

extension StreamDescription {
  var connection: Connection? {
    guard let ip4 = address.ip4 else { return nil }
    return Connection(ip4, timeToLive: ip4.isMulticast ? timeToLive ?? 32 : nil)
  }

  var sourceFilter: SourceFilter? {
    guard let source = sources.first, address.ip4?.isMulticast == true else { return nil }
    return SourceFilter(destination: address, source: HostAddress(source))
  }

  private var domain: UInt8? {
    for case .ptp(_, _, let domain) in referenceClocks { return domain }
    return nil
  }

  func section(_ style: SDPStyle) -> MediaDescription {
    var section = MediaDescription(audioOn: port, payloadType: payloadType)
    section.transport = transport
    if !channelNames.isEmpty {
      section.information = ChannelNames.value(channelNames, channels: channels)
    }
    if let connection { section.connections = [connection] }
    var lines = [Attribute(isInactive ? "inactive" : "recvonly")]
    let map = RTPMap(
      payloadType: mappedPayloadType ?? payloadType, encoding: encoding.description, rate: rate,
      channels: channels)
    lines.append(Attribute("rtpmap", map.value))
    if let channelOrder { lines.append(Attribute("fmtp", "\(payloadType) \(channelOrder.value)")) }
    if let frames {
      lines.append(Attribute("ptime", PacketTimeAttribute.value(frames: frames, rate: rate)))
      if style.ravenna { lines.append(Attribute("framecount", "\(frames)")) }
    }
    if style.filterPlace == .media, let sourceFilter {
      lines.append(Attribute("source-filter", " " + sourceFilter.value))
    }
    lines += referenceClocks.map { Attribute("ts-refclk", $0.value) }
    if let mediaClock { lines.append(Attribute("mediaclk", mediaClock.value)) }
    if style.ravenna {
      if let domain { lines.append(Attribute("clock-domain", "PTPv2 \(domain)")) }
      lines.append(Attribute("sync-time", "0"))
    }
    section.attributes = lines
    return section
  }
}
