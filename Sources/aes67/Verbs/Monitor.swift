// SPDX-License-Identifier: MIT
internal import ArgumentParser
internal import ControlAPI
internal import ControlClient
internal import FoundationEssentials
internal import LinuxIO
internal import MediaClock

/// `aes67 monitor`: a live screen of the whole sound card, with recent events.
struct Monitor: Verb {
  static let configuration = CommandConfiguration(
    abstract: "Shows clock, levels, streams, programs and events as they change.",
    discussion: """
      In a terminal it fills the screen until q or Ctrl-C: an overview, and pages for receivers, senders, \
      programs, threads and events. Keys 1 to 6 and Tab choose a page, the arrows scroll. Each bar shows the \
      peak of a channel over the last 300 ms in dBFS, with the peak hold of the last seconds above it, and ! if \
      samples reached full scale; c clears both. If NO_COLOR is set, there are no colours. Into a file or a pipe \
      it writes one line for each change.

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
    var screen = Screen(isColoured: Colour.isWanted)
    var seen = 0
    var broken: (any Error)?
    func show(_ event: ServerEvent) throws {
      switch event.name {
      case "status" where isScreen:
        let status = try decode(event.data, as: DaemonStatus.self)
        screen.take(
          Stats.Report(status: status, threads: try client.get("/v1/threads")),
          try client.get("/v1/meters"))
      case "change":
        let change = try decode(event.data, as: Change.self)
        seen += 1
        if isScreen {
          screen.add(change)
        } else {
          Terminal.write((json ? event.data : Self.line(of: change)) + "\n")
        }
      default: break
      }
    }
    try client.events(
      "/v1/events?status=500", besides: isScreen ? Terminal.keyboard : nil,
      isReadable: { screen.takeKeys() },
      receive: { event in
        do {
          try show(event)
        } catch {
          broken = error
          return false
        }
        return count == 0 || seen < count
      })
    if let broken { throw broken }
  }

  private static func line(of change: Change) -> String {
    Text.plain(
      "\(TimeOfDay.text)  \(change.kind.rawValue)"
        + (change.name.isEmpty ? "" : " \(change.name)") + ": \(change.text)")
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

/// The terminal as the monitor's screen.
private struct Screen {
  let isColoured: Bool
  private var state = MonitorState()

  init(isColoured: Bool) { self.isColoured = isColoured }

  private var frame: MonitorFrame {
    let size = Terminal.size
    return MonitorFrame(state, columns: size.columns, rows: size.rows)
  }

  mutating func take(_ report: Stats.Report, _ meters: MeterSnapshot) {
    state.take(report, meters, now: MonotonicClock.now.nanoseconds / 1_000_000)
    draw()
  }

  mutating func add(_ change: Change) {
    state.add(change, time: String(TimeOfDay.text.prefix(8)))
    draw()
  }

  /// Reads pressed keys. Returns false if the monitor must end.
  mutating func takeKeys() -> Bool {
    guard let keys = Terminal.readKeys() else { return false }
    for key in keys {
      let frame = frame
      guard state.press(key, lines: frame.scrollableLines, room: frame.room) else { return false }
    }
    draw()
    return true
  }

  private func draw() {
    Terminal.write("\u{1B}[H" + frame.text(isColoured: isColoured) + "\u{1B}[J")
  }
}
