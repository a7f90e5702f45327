// SPDX-License-Identifier: MIT
package import Addressing
internal import MediaClock

/// The section `layout`: streams in blocks of channels, at addresses that follow from the numbers of hosts.
package struct Layout: Equatable, Sendable {
  /// The configured number of this host; nil for one that no other host has.
  package var host: UInt8?
  /// The configured number of the remote host; nil for the second host on the first, and for the first on all
  /// others.
  package var chosenRemoteHost: UInt8?
  /// The first two bytes of every address.
  package var base = IPv4Address(bits: 0xEF45_0000)
  /// The number of streams in each direction.
  package var streams = 8
  /// The number of channels of each stream.
  package var channels = 8
  /// An SDP file with the senders; nil if the other keys define them.
  package var descriptionFile: DescriptionFile?

  package init() {}

  /// The number of the host whose streams host `number` receives.
  package func remoteHost(of number: UInt8) -> UInt8 {
    chosenRemoteHost ?? (number == 1 ? 2 : 1)
  }

  /// The group of stream `number`, from 1, of `host`.
  package func address(ofHost host: UInt8, stream number: Int) -> IPv4Address {
    IPv4Address(bits: base.bits | UInt32(host) << 8 | UInt32(number))
  }

  /// The host to which the layout assigns this group; nil for a group outside any layout.
  package func host(of group: IPv4Address) -> UInt8? {
    let number = UInt8(truncatingIfNeeded: group.bits >> 8)
    let stream = Int(group.bits & 0xFF)
    guard group.bits & 0xFFFF_0000 == base.bits, number > 0, number < 255,
      (1...max(1, streams)).contains(stream)
    else { return nil }
    return number
  }
}

extension Layout: Attributed {
  package static let attributes: [Attribute<Self>] = [
    Attribute(
      "host", \.host, Codec<UInt8>.integer(1...254).or("auto"),
      "The number of this host, the third byte of its senders' addresses: host n sends to 239.69.n.1"
        + " and up. auto takes the lowest number that no other host of the network uses, and keeps it."
    ),
    Attribute(
      "remote-host", \.chosenRemoteHost, Codec<UInt8>.integer(1...254).or("auto"),
      "The number of the host whose streams are received; with auto, host 1 receives host 2, and all others"
        + " receive host 1.",
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
      "An SDP file whose media sections become the senders, instead of the keys above.",
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
    return problems
  }
}

/// The results of the layout's automatic settings on this host. They are not in the file: the number is
/// determined on the network, and the name is the machine's.
package struct LayoutAssignment: Equatable, Sendable {
  /// The number of this host; nil while it is being determined, and nothing is sent.
  package var number: UInt8?
  /// The likely number: that of the last run, otherwise 1.
  package var likelyNumber: UInt8
  /// The name of the streams, before their numbers; nil for `host 1 stream`.
  package var name: String?

  package init(number: UInt8? = 1, likelyNumber: UInt8 = 1, name: String? = nil) {
    self.number = number
    self.likelyNumber = likelyNumber
    self.name = name
  }

  /// The same while the number is being determined again.
  package func undecided(likely: UInt8) -> LayoutAssignment {
    LayoutAssignment(number: nil, likelyNumber: likely, name: name)
  }
}

/// The configuration on which the number of a host depends.
package struct LayoutChoice: Equatable, Sendable {
  /// The first two bytes of every address.
  package let base: IPv4Address
  /// The number set by the administrator; nil for one that no other host has.
  package let number: UInt8?
  /// The numbers that this host does not use, because it receives their streams.
  package let excluded: Set<UInt8>
  /// True if this host sends the streams of its number, which no other host may have then.
  package let isUsed: Bool
}

extension Configuration {
  package var layoutChoice: LayoutChoice {
    let remote = network.loopback ? nil : layout.chosenRemoteHost
    return LayoutChoice(
      base: layout.base, number: layout.host, excluded: remote.map { [$0] } ?? [],
      isUsed: hasLayoutSenders && layout.streams > 0)
  }
}

extension LayoutAssignment {
  private static let longestName = 40

  /// The name for the streams of a machine: its host name without the domain, in characters that all
  /// descriptions, programs and devices show; `aes67` for a machine without a name of its own.
  package static func streamName(ofMachine hostName: String) -> String {
    let label = hostName.split(separator: ".", omittingEmptySubsequences: false).first ?? ""
    let characters = label.map { character in
      character.isASCII && (character.isLetter || character.isNumber) ? character : "-"
    }
    let name = String(characters).split(separator: "-").joined(separator: "-").prefix(longestName)
    return name.isEmpty || ["localhost", "none"].contains(name) ? "aes67" : String(name)
  }
}
