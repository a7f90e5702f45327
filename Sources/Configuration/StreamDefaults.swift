// SPDX-License-Identifier: MIT
package import MediaClock

/// The section `streams`: what a stream has that says nothing else.
package struct StreamDefaults: Equatable, Sendable {
  package let port: UInt16
  package let packetTime: PacketTime
  package let linkOffset: LinkOffset
  package let bounds: AutomaticOffset
  package let conceals: Bool
  package let payloadType: UInt8
  package let maxLateness: Interval

  init(_ reader: MappingReader, port: UInt16) {
    self.port = port
    packetTime = reader.packetTime("packet-time", default: .ms1)
    payloadType = reader.integer("payload-type", in: 96...127, default: 98)
    maxLateness = reader.interval("max-lateness", default: .milliseconds(17))
    if !(Interval.milliseconds(1) ... .milliseconds(100)).contains(maxLateness) {
      reader.report("max-lateness", "\(maxLateness.configured) is not allowed; 1ms to 100ms")
    }
    let greatest = reader.integer("greatest-packets", in: 2...40, default: 6)
    let least = reader.integer("least-packets", in: 2...40, default: 2)
    if least > greatest {
      reader.report("least-packets", "\(least) is more than greatest-packets, which is \(greatest)")
    }
    bounds = AutomaticOffset(least: min(least, greatest), greatest: greatest)
    linkOffset = LinkOffset(
      reader, default: LinkOffset(fixed: .milliseconds(3)), packetTime: packetTime, bounds: bounds,
      checksDefault: true)
    conceals = reader.choice("concealment", default: Concealment.fade) == .fade
  }
}

extension PacketTime {
  /// As it stands in the file.
  package var configured: String {
    microseconds % 1000 == 0 ? "\(microseconds / 1000)ms" : "\(microseconds)us"
  }
}
