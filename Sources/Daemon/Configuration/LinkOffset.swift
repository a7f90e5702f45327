// SPDX-License-Identifier: MIT
internal import MediaClock
internal import Notation

/// What the file says of a link offset: a time, or that it shall be measured.
struct LinkOffset: Equatable {
  /// Fixed, or what holds until it has been measured.
  let offset: Interval
  let automatic: AutomaticOffset?

  static let greatest = Interval.milliseconds(200)

  /// Reads the key `link-offset`. A fixed one cannot be shorter than it takes to fill a packet and send
  /// it (BUF-02): the network and the threads get the time of a second packet, and 0.25 ms where that is
  /// less.
  ///
  /// - Parameters:
  ///   - bounds: of an automatic one.
  ///   - checksDefault: whether the fallback, too, must fit the packet time.
  init(
    _ reader: MappingReader, default fallback: LinkOffset, packetTime: PacketTime,
    bounds: AutomaticOffset, checksDefault: Bool = false
  ) {
    let expected = "auto or a time such as 250us or 1.5ms"
    let found: Interval?? = reader.value("link-offset", expected: expected) { text in
      text == "auto" ? .some(nil) : Interval(configured: text).map { .some($0) }
    }
    guard let found else {
      self = fallback
      if checksDefault { check(reader, packetTime) }
      return
    }
    guard let offset = found else {
      self.init(automatic: bounds, packetTime: packetTime)
      return
    }
    self.init(fixed: offset)
    check(reader, packetTime)
  }

  init(fixed offset: Interval) {
    self.offset = offset
    automatic = nil
  }

  /// Begins with the greatest, so that nothing is late while it is measured.
  init(automatic bounds: AutomaticOffset, packetTime: PacketTime) {
    offset = SampleRate.hz48000.interval(of: Int64(bounds.greatest * packetTime.frames))
    automatic = bounds
  }

  private func check(_ reader: MappingReader, _ packetTime: PacketTime) {
    let packet = SampleRate.hz48000.interval(of: Int64(packetTime.frames))
    let need = min(packet, .microseconds(250))
    let least = packet + need
    let greatest = Self.greatest
    if offset < least {
      reader.report(
        "link-offset",
        "\(offset.configured) is less than a packet of \(packetTime.configured) and the"
          + " \(need.configured) that network and threads need; \(least.configured) to"
          + " \(greatest.configured)")
    } else if offset > greatest {
      reader.report(
        "link-offset",
        "\(offset.configured) is more than the buffer holds; \(least.configured) to"
          + " \(greatest.configured)")
    }
  }
}

/// What is heard where packets were lost.
enum Concealment: String, CaseIterable {
  /// Single ones are bridged from their neighbours, longer gaps fade out and in.
  case fade
  /// Digital silence: for measurements.
  case silence
}
