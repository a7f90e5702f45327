// SPDX-License-Identifier: MIT
internal import MediaClock

/// The section `streams`: what a stream has that says nothing else.
struct StreamDefaults {
  let port: UInt16
  let packetTime: PacketTime
  let linkOffset: Interval
  let payloadType: UInt8
  let maxLateness: Interval

  init(_ reader: MappingReader, port: UInt16) {
    self.port = port
    packetTime = reader.packetTime("packet-time", default: .ms1)
    payloadType = reader.integer("payload-type", in: 96...127, default: 98)
    maxLateness = reader.interval("max-lateness", default: .milliseconds(17))
    if !(Interval.milliseconds(1) ... .milliseconds(100)).contains(maxLateness) {
      reader.report("max-lateness", "\(maxLateness.configured) is not allowed; 1ms to 100ms")
    }
    linkOffset = Self.linkOffset(
      of: reader, default: .milliseconds(3), packetTime: packetTime)
  }

  /// Reads a link offset, which cannot be shorter than it takes to fill a packet and send it (BUF-02).
  static func linkOffset(
    of reader: MappingReader, default fallback: Interval, packetTime: PacketTime
  ) -> Interval {
    let offset = reader.interval("link-offset", default: fallback)
    let least = SampleRate.hz48000.interval(of: Int64(packetTime.frames)) + .microseconds(250)
    let greatest = Interval.milliseconds(200)
    if offset < least {
      reader.report(
        "link-offset",
        "\(offset.configured) is less than a packet of \(packetTime.configured) and 0.25 ms of"
          + " network need; \(least.configured) to \(greatest.configured)")
    } else if offset > greatest {
      reader.report(
        "link-offset",
        "\(offset.configured) is more than the buffer holds; \(least.configured) to"
          + " \(greatest.configured)")
    }
    return offset
  }
}

extension PacketTime {
  /// As it stands in the file.
  var configured: String {
    microseconds % 1000 == 0 ? "\(microseconds / 1000)ms" : "\(microseconds)us"
  }
}
