// SPDX-License-Identifier: MIT
package import Addressing
internal import MediaClock

/// The section `layout`: streams in blocks of channels, at addresses that two hosts can work out from each
/// other's numbers.
package struct Layout: Equatable, Sendable {
  package var host: UInt8 = 1
  /// Nil for the other of hosts 1 and 2.
  package var chosenRemoteHost: UInt8?
  /// The first two bytes of every address.
  package var base = IPv4Address(bits: 0xEF45_0000)
  /// Each way.
  package var streams = 8
  /// Of each stream.
  package var channels = 8
  /// A file of SDP with the senders; nil where the other keys say them.
  package var descriptionFile: DescriptionFile?

  package init() {}

  /// Whose streams are received.
  package var remoteHost: UInt8 { chosenRemoteHost ?? (host == 1 ? 2 : 1) }

  /// The group of stream `number`, from 1, that `host` sends.
  package func address(ofHost host: UInt8, stream number: Int) -> IPv4Address {
    IPv4Address(bits: base.bits | UInt32(host) << 8 | UInt32(number))
  }
}

extension Layout: Attributed {
  package static let attributes: [Attribute<Self>] = [
    Attribute(
      "host", \.host, .integer(1...254),
      "The number of this host, the third byte of its senders' addresses: host n sends to 239.69.n.1"
        + " and up."),
    Attribute(
      "remote-host", \.chosenRemoteHost, Codec<UInt8>.integer(1...254).or("auto"),
      "The number of the host whose streams are received; auto is the other of 1 and 2.",
      former: ["peer"]),
    Attribute(
      "base", \.base, .multicastBase, "The first two bytes of every address of the layout."),
    Attribute(
      "streams", \.streams, .integer(0...DeviceFormat.streams, unit: "streams"),
      "The number of streams each way."),
    Attribute(
      "channels", \.channels, .integer(1...DeviceFormat.channels, unit: "channels"),
      "The channels of each stream, in blocks from device channel 1."),
    Attribute(
      "sdp", \.descriptionFile, Codec<DescriptionFile>.descriptionFile.or("none"),
      "A file of SDP whose media sections are the senders, instead of the keys above.",
      example: "/etc/aes67/default.sdp", scope: .file, isWritten: { $0.descriptionFile != nil }),
  ]

  package var problems: [ValidationError] {
    var problems: [ValidationError] = []
    if streams * channels > DeviceFormat.channels {
      problems.append(
        ValidationError(
          keys: ["channels", "streams"],
          message: "\(streams) streams of \(channels) channels need \(streams * channels) device"
            + " channels; there are \(DeviceFormat.channels)"))
    }
    if chosenRemoteHost == nil, host > 2 {
      problems.append(
        ValidationError(
          keys: ["remote-host"],
          message: "auto is the other of hosts 1 and 2; name the host that host \(host) receives"))
    }
    return problems
  }
}
