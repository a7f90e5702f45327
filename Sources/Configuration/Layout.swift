// SPDX-License-Identifier: MIT
internal import Addressing

/// The section `layout`: streams in blocks of channels, at addresses that two hosts can work out of
/// each other's numbers.
struct Layout {
  let host: UInt8
  let peer: UInt8
  /// The first two bytes of every address.
  let base: IPv4Address
  let streams: Int
  let channels: Int
  /// Of SDP, with the senders; nil where the other keys say them.
  let file: String?
  let reader: MappingReader

  init(_ reader: MappingReader, loopback: Bool) {
    self.reader = reader
    file = reader.has("sdp") ? reader.text("sdp", default: "") : nil
    host = reader.integer("host", in: 1...254, default: 1)
    base = Self.base(reader)
    let streams = reader.integer("streams", in: 0...64, default: 8)
    let channels = reader.integer("channels", in: 1...64, default: 8)
    if streams * channels > deviceChannels {
      reader.report(
        reader.has("channels") ? "channels" : "streams",
        "\(streams) streams of \(channels) channels need \(streams * channels) device channels;"
          + " there are \(deviceChannels)")
    }
    self.streams = min(streams, deviceChannels / channels)
    self.channels = channels
    peer = Self.peer(reader, host: host, loopback: loopback)
  }

  private static func base(_ reader: MappingReader) -> IPv4Address {
    let fallback = IPv4Address(bits: 0xEF45_0000)
    let base = reader.address("base") ?? fallback
    if !base.isMulticast || base.bits & 0xFFFF != 0 {
      reader.report("base", "\(base) is no multicast address that ends in .0.0, as \(fallback) is")
      return fallback
    }
    return base
  }

  private static func peer(_ reader: MappingReader, host: UInt8, loopback: Bool) -> UInt8 {
    let chosen: UInt8? = reader.integer("peer", in: 1...254, or: "auto")
    if chosen == host, !loopback {
      reader.report(
        "peer", "\(host) is this host, which hears itself only with network.loopback: true")
    }
    if let chosen { return chosen }
    if host > 2 {
      reader.report(
        "peer", "auto stands for the other of hosts 1 and 2; name the host that host \(host) hears")
    }
    return host == 1 ? 2 : 1
  }

  /// The group of stream `number`, from 1, that `host` sends.
  func address(ofHost host: UInt8, stream number: Int) -> IPv4Address {
    IPv4Address(bits: base.bits | UInt32(host) << 8 | UInt32(number))
  }
}

/// Channels of the device, each way.
package let deviceChannels = 64
