// SPDX-License-Identifier: MIT
internal import ArgumentParser
internal import ControlAPI
internal import ControlClient
internal import MediaClock

/// `aes67 histogram`: arrivals and departures of packets, and the smallest sufficient link offset.
struct Histogram: Verb {
  static let configuration = CommandConfiguration(
    abstract:
      "Shows when packets arrive, and the smallest link offset that is sufficient for them.",
    discussion: """
      For a receiver: how long before they were due packets arrived, since the link offset was last changed. For \
      a sender: how long after its last sample each packet left. Without a name, one line for each stream. \
      --take sets the proposed link offset: the smallest with which no packet would have been late, plus half of \
      the variation of their delay. It is derived from the packets so far: let the stream run for a while under \
      the load that you expect.

      Examples:
        aes67 histogram
        aes67 histogram "Stage left"
        aes67 histogram "Stage left" --last-minute
        aes67 histogram "Stage left" --take
      """)

  @OptionGroup var connection: Connection

  @Argument(help: "Name of a receiver or a sender, or # and its id.", completion: .streams)
  var name: String?

  @Flag(help: "Set the proposed link offset.")
  var take = false

  @Flag(help: "Show only packets of the last minute.")
  var lastMinute = false

  @Flag(help: "Machine-readable JSON output.")
  var json = false

  func validate() throws {
    guard !take || name != nil else { throw ValidationError("--take: name a receiver") }
    guard !take || !lastMinute else {
      throw ValidationError("--take uses all packets: leave out --last-minute")
    }
  }

  func perform(_ client: ControlClient) throws {
    var all = try client.get("/v1/histograms", as: StreamMeasurements.self)
    guard let name else {
      guard !lastMinute || json else {
        throw refusal("--last-minute: name a stream", "aes67 histogram lists them")
      }
      if json { return try printJSON(all) }
      for line in Self.summary(all) { print(line) }
      return
    }
    all.senders.removeAll { $0.name != name && "#\($0.id)" != name }
    all.receivers.removeAll { $0.name != name && "#\($0.id)" != name }
    if take { return try takeOffset(all.receivers, client) }
    guard !all.senders.isEmpty || !all.receivers.isEmpty else {
      throw refusal("there is no sender or receiver \"\(name)\"", "aes67 histogram lists them")
    }
    if json { return try printJSON(all) }
    if lastMinute {
      for index in all.receivers.indices {
        all.receivers[index].arrivals = all.receivers[index].recentArrivals
      }
      for index in all.senders.indices {
        all.senders[index].departures = all.senders[index].recentDepartures
      }
    }
    let charts = all.receivers.map(HistogramLines.of) + all.senders.map(HistogramLines.of)
    print(charts.map { $0.joined(separator: "\n") }.joined(separator: "\n\n"))
  }

  private func takeOffset(_ receivers: [ReceiverMeasurement], _ client: ControlClient) throws {
    guard let receiver = receivers.first else {
      throw refusal("there is no receiver \"\(name ?? "")\"", "aes67 receivers lists them")
    }
    guard let frames = receiver.proposedOffsetFrames else {
      throw refusal(
        "\(receiver.name): no link offset can be derived from \(receiver.arrivals.count) packets",
        "let it receive for a while; aes67 receivers shows its state")
    }
    let offset = "\(HistogramLines.microseconds(frames))us"
    let status = try client.send(
      "PATCH", ReceiverKind.path("#\(receiver.id)"), ["link-offset": offset],
      as: ReceiverStatus.self)
    if json { return try printJSON(status) }
    print(
      Text.plain(
        "\(status.name): link offset \(HistogramLines.time(status.linkOffsetFrames)), measured with"
          + " \(Text.count(receiver.arrivals.count)) packets"))
  }

  private static func summary(_ all: StreamMeasurements) -> [String] {
    var receivers = Table("RECEIVER", ">PACKETS", ">LINK OFFSET", ">SUFFICES", ">PROPOSED")
    for receiver in all.receivers {
      receivers.add(
        receiver.name, Text.count(receiver.arrivals.count),
        HistogramLines.time(receiver.linkOffsetFrames),
        receiver.sufficientOffsetFrames.map(HistogramLines.time) ?? "not known",
        receiver.proposedOffsetFrames.map(HistogramLines.time) ?? "not known")
    }
    var senders = Table("SENDER", ">PACKETS", ">LATEST DEPARTURE")
    for sender in all.senders {
      let latest = sender.departures.bins.last.map { bin in
        bin.through < .max ? Text.time(Double(bin.through) * 1000) : "more than measured"
      }
      senders.add(sender.name, Text.count(sender.departures.count), latest ?? "none yet")
    }
    let tables = [receivers, senders].filter { !$0.isEmpty }
    guard !tables.isEmpty else { return ["this host has no streams"] }
    return Array(tables.map(\.lines).joined(separator: [""]))
  }
}

/// A histogram as lines of text.
enum HistogramLines {
  private static let width = 40

  static func of(_ receiver: ReceiverMeasurement) -> [String] {
    let count = Text.count(receiver.arrivals.count)
    var lines = [
      Text.plain(
        "\(receiver.name): link offset \(time(receiver.linkOffsetFrames)), \(count) packets")
    ]
    guard receiver.arrivals.count > 0 else { return lines }
    var table = Table(">ARRIVED BEFORE DUE", ">FRAMES", ">PACKETS", "")
    add(receiver.arrivals, to: &table) { Text.time(Double($0) * 1_000_000 / 48) }
    lines += table.lines
    guard let sufficient = receiver.sufficientOffsetFrames,
      let proposed = receiver.proposedOffsetFrames
    else {
      return lines + ["a packet was later than can be measured: no link offset can be derived"]
    }
    return lines + [
      "smallest link offset that would have sufficed: \(time(sufficient))",
      "proposed, with a reserve: \(time(proposed))",
    ]
  }

  static func of(_ sender: SenderMeasurement) -> [String] {
    let count = Text.count(sender.departures.count)
    let first = Text.plain("\(sender.name): \(count) packets")
    guard sender.departures.count > 0 else { return [first] }
    var table = Table(">LEFT AFTER", ">MICROSECONDS", ">PACKETS", "")
    add(sender.departures, to: &table) { Text.time(Double($0) * 1000) }
    return [first] + table.lines
  }

  private static func add(
    _ histogram: HistogramSnapshot, to table: inout Table, _ text: (Int64) -> String
  ) {
    let most = histogram.bins.map(\.count).max() ?? 1
    for bin in histogram.bins {
      let bar = max(1, Int(Double(bin.count) / Double(most) * Double(width)))
      table.add(
        bin.from == .min ? "less" : text(bin.from), range(bin), Text.count(bin.count),
        String(repeating: "#", count: bar))
    }
  }

  private static func range(_ bin: HistogramSnapshot.Bin) -> String {
    if bin.from == bin.through { return "\(bin.from)" }
    if bin.from == .min { return "to \(bin.through)" }
    return bin.through == .max ? "\(bin.from) and more" : "\(bin.from) to \(bin.through)"
  }

  /// `3 ms (144 frames)`.
  static func time(_ frames: Int64) -> String {
    "\(Text.fixed(Double(frames) / 48, 2)) ms (\(frames) frames)"
  }

  /// The time in microseconds, rounded up so that it is not shorter than the frames.
  static func microseconds(_ frames: Int64) -> Int64 { (frames * 1_000_000 + 47_999) / 48_000 }
}
