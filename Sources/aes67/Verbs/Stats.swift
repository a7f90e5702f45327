// SPDX-License-Identifier: MIT
internal import ArgumentParser
internal import ControlAPI
internal import ControlClient
internal import JSONText
internal import LinuxIO
internal import MediaClock

/// `aes67 stats`: the state of the sound card.
struct Stats: Verb {
  static let configuration = CommandConfiguration(
    abstract: "Shows clock, streams, programs and processor load.",
    discussion: """
      With --watch and --json each second is one line of JSON.

      Examples:
        aes67 stats
        aes67 stats --ptp
        aes67 stats --ptp --past 3600
        aes67 stats --json
        aes67 stats --reset
      """)

  /// The output of `--json`.
  struct Report: Codable {
    var status: DaemonStatus
    var threads: [ThreadStatus]
  }

  @OptionGroup var connection: Connection

  @Flag(help: "Show only the clock and its grandmaster.")
  var ptp = false

  @Flag(help: "Machine-readable JSON output.")
  var json = false

  @Flag(help: "Repeat every second until Ctrl-C.")
  var watch = false

  @Flag(
    help:
      "Reset the counts of late, lost and dropped packets and xruns, which the control panel shows."
  )
  var reset = false

  @Option(help: "With --ptp: show the past of the clock, up to 86400 seconds.")
  var past: Int?

  func validate() throws {
    guard let past else { return }
    guard ptp, (1...ClockHistory.reach).contains(past) else {
      throw ValidationError(
        "--past \(past): use it with --ptp and 1 to \(ClockHistory.reach) seconds")
    }
  }

  func perform(_ client: ControlClient) throws {
    if let past {
      let report = try client.get(
        "/v1/clock/history?seconds=\(past)", as: ClockHistoryReport.self)
      if json { return try printJSON(report) }
      for line in ClockPastLines(report).lines { print(line) }
      return
    }
    if reset {
      let before = try client.get("/v1/faults", as: FaultReport.self)
      try client.delete("/v1/faults")
      print(
        "counts reset; there were \(Text.count(before.late)) late, \(Text.count(before.lost)) lost,"
          + " \(Text.count(before.dropped)) dropped packets and \(Text.count(before.xruns)) xruns")
      return
    }
    var last: Report?
    repeat {
      let report = Report(
        status: try client.get("/v1/status"), threads: try client.get("/v1/threads"))
      if watch, !json { print("\u{1B}[H\u{1B}[2J", terminator: "") }
      if ptp {
        try showClock(report.status)
      } else if json {
        try printReport(report)
      } else {
        Self.show(report, since: last)
      }
      last = report
      if watch { MonotonicClock.sleep(until: MonotonicClock.now + .seconds(1)) }
    } while watch
  }

  /// Prints a report as JSON; each of several reports is one line, and is written at once.
  private func printReport(_ report: some Encodable) throws {
    if watch { Terminal.write(try JSONText.line(report) + "\n") } else { try printJSON(report) }
  }

  private func showClock(_ status: DaemonStatus) throws {
    if json {
      try printReport(ClockReport(clock: status.clock, ptp: status.ptp))
    } else {
      for line in ClockLines(status).lines { print(line) }
    }
  }

  static func show(_ report: Report, since last: Report?) {
    for line in lines(report, since: last) { print(line) }
  }

  static func lines(_ report: Report, since last: Report?) -> [String] {
    let status = report.status
    var lines = heading(status)
    let (senders, receivers) = (table(status.senders), table(status.receivers))
    var clients = Table("PROGRAM", ">PID", "", ">CHANNELS", ">PERIOD", ">BUFFER", ">XRUNS", "STATE")
    for client in status.clients {
      clients.add(
        client.program, "\(client.pid)", client.direction.rawValue,
        channels(client.firstChannel, client.channels), "\(client.periodFrames)",
        "\(client.bufferFrames)", Text.count(client.xruns),
        client.running ? "running" : "stopped")
    }
    var threads = Table("THREAD", ">CPU")
    for thread in report.threads where ["media-tx", "media-rx", "ptp"].contains(thread.name) {
      threads.add(thread.name, Text.percent(share(of: thread, since: last)))
    }
    for table in [senders, receivers, clients, threads] where !table.isEmpty {
      lines += [""] + table.lines
    }
    return lines
  }

  static func table(_ all: [SenderStatus]) -> Table {
    var senders = Table(
      "SENDER", "TO", ">CHANNELS", ">PACKETS", ">DROPPED", ">WITHHELD", ">ERRORS", "STATE")
    for stream in all {
      senders.add(
        stream.name, "\(stream.address):\(stream.port)",
        channels(stream.firstChannel, stream.channels, stream.map), Text.count(stream.packets),
        Text.count(stream.dropped), Text.count(stream.withheld), Text.count(stream.sendErrors),
        stream.stateLine)
    }
    return senders
  }

  static func table(_ all: [ReceiverStatus]) -> Table {
    var receivers = Table(
      "RECEIVER", "FROM", ">CHANNELS", ">PACKETS", ">LATE", ">LOST", ">OTHER", "STATE")
    for stream in all {
      receivers.add(
        stream.name, "\(stream.address):\(stream.port)",
        channels(stream.firstChannel, stream.channels, stream.map), Text.count(stream.packets),
        Text.count(stream.late), Text.count(stream.lost),
        Text.count(stream.early + stream.foreign + stream.malformed),
        stream.stateLine)
    }
    return receivers
  }

  private static func heading(_ status: DaemonStatus) -> [String] {
    let network =
      status.interface.map { "\($0.name) (\($0.address))" }
      ?? "none usable: \(status.interfaceProblem ?? "no interface is up and has an IPv4 address")"
    let reason = status.realTime.reason
    return [
      "aes67d \(status.version)" + (status.instance.isEmpty ? "" : ", \(status.instance)"),
      "interface  \(network)",
      "clock      \(ClockLines.summary(status))",
    ]
      + status.clock.problems.filter { $0.level == .warning }.map { "           \($0.text)" } + [
        "real time  \(status.realTime.mode.rawValue)" + (reason.isEmpty ? "" : ": \(reason)")
      ]
  }

  static func share(of thread: ThreadStatus, since last: Report?) -> Double {
    guard let before = last?.threads.first(where: { $0.id == thread.id }),
      thread.ageNanoseconds > before.ageNanoseconds,
      thread.processorNanoseconds >= before.processorNanoseconds
    else { return thread.share }
    return Double(thread.processorNanoseconds - before.processorNanoseconds)
      / Double(thread.ageNanoseconds - before.ageNanoseconds)
  }

  /// `1-8`, or `3`.
  private static func channels(_ first: Int, _ count: Int, _ map: [Int]? = nil) -> String {
    if let map { return map.map { $0 == 0 ? "-" : "\($0)" }.joined(separator: ",") }
    return count == 1 ? "\(first)" : "\(first)-\(first + count - 1)"
  }
}
