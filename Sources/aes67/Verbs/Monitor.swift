// SPDX-License-Identifier: MIT
internal import ArgumentParser
internal import ControlAPI
internal import ControlClient
internal import FoundationEssentials
internal import LinuxIO

/// `aes67 monitor`: a live screen of everything, with recent events below.
struct Monitor: Verb {
  static let configuration = CommandConfiguration(
    abstract: "Shows clock, levels, streams, programs and events as they change.",
    discussion: """
      In a terminal it redraws the screen until Ctrl-C. Into a file or a pipe it writes one line for each \
      change. Each level is a channel's peak of the last 300 ms: a dot for silence, a bar in steps of 8 dB, \
      and ! if samples reached full scale.

      Examples:
        aes67 monitor
        aes67 monitor --json
      """)

  @OptionGroup var connection: Connection

  @Flag(help: "Machine-readable output: each change as one line of JSON.")
  var json = false

  @Option(help: "End after this many changes (0: never).", transform: number)
  var count = 0

  func perform(_ client: ControlClient) throws {
    let isScreen = Terminal.isOutput && !json
    if isScreen { Terminal.enterScreen() }
    defer { if isScreen { Terminal.leaveScreen() } }
    var screen = Screen()
    var seen = 0
    var broken: (any Error)?
    try client.events("/v1/events?status=500") { event in
      do {
        switch event.name {
        case "status":
          guard isScreen else { return true }
          let status = try decode(event.data, as: DaemonStatus.self)
          screen.report = Stats.Report(
            status: status, threads: try client.get("/v1/threads"))
          screen.meters = try client.get("/v1/meters")
          screen.draw()
        case "change":
          let change = try decode(event.data, as: Change.self)
          seen += 1
          if isScreen {
            screen.add(change)
          } else {
            Terminal.write((json ? event.data : Screen.line(of: change)) + "\n")
          }
        default: break
        }
      } catch {
        broken = error
        return false
      }
      return count == 0 || seen < count
    }
    if let broken { throw broken }
  }

  private func decode<Value: Decodable>(
    _ text: String, as type: Value.Type
  ) throws(ControlFailure) -> Value {
    do {
      return try JSONDecoder().decode(type, from: Data(text.utf8))
    } catch {
      throw .protocolError("cannot read an event: \(text.prefix(80))")
    }
  }
}

/// What the monitor draws.
struct Screen {
  private static let maximumChanges = 100

  var report: Stats.Report?
  var meters: MeterSnapshot?
  private var last: Stats.Report?
  private var changes: [String] = []

  static func line(of change: Change) -> String {
    Text.plain(
      "\(TimeOfDay.text)  \(change.kind.rawValue)"
        + (change.name.isEmpty ? "" : " \(change.name)") + ": \(change.text)")
  }

  mutating func add(_ change: Change) {
    changes.append(Self.line(of: change))
    if changes.count > Self.maximumChanges { changes.removeFirst() }
    draw()
  }

  mutating func draw() {
    guard let report else { return }
    let size = Terminal.size
    var lines = Stats.lines(report, since: last)
    if let meters { lines.insert(contentsOf: MeterLines.lines(of: meters), at: 4) }
    let room = max(0, size.rows - 1 - min(lines.count, size.rows * 2 / 3) - 2)
    lines = Array(lines.prefix(max(0, size.rows - 3 - min(room, changes.count))))
    lines += ["", "EVENTS"] + changes.suffix(room)
    let text = lines.map { String($0.prefix(size.columns)) + "\u{1B}[K" }.joined(separator: "\r\n")
    Terminal.write("\u{1B}[H" + text + "\u{1B}[J")
    last = report
  }
}
