// SPDX-License-Identifier: MIT
internal import ControlAPI

extension MonitorFrame {
  /// Clock, network, levels, streams and the last events, fitted to the screen.
  func overview(_ report: Stats.Report) -> [StyledLine] {
    let status = report.status
    var lines = heading(status)
    lines += streamSummary(
      "receivers", status.receivers.map { ($0.health.level, $0.name, $0.stateAndCause) })
    lines += streamSummary(
      "senders", status.senders.map { ($0.health.level, $0.name, $0.stateLine) })
    // Two blocks, each with a title and the channels' numbers; a third of the screen is for events.
    let free = room - lines.count - room / 4 - 4
    let bars = max(2, min(12, free / 2))
    if let meters = state.meters {
      lines += levels("playback", meters.playback, state.playbackHolds.decibels, rows: bars)
      lines += levels("capture", meters.capture, state.captureHolds.decibels, rows: bars)
    }
    let left = room - lines.count - 1
    if left > 0 {
      lines.append(StyledLine("EVENTS", .heading))
      lines += state.events.entries.suffix(left).map { StyledLine($0.line) }
    }
    return lines
  }

  private func heading(_ status: DaemonStatus) -> [StyledLine] {
    var clock = StyledLine("clock      ", .faint)
    clock.add(Text.plain(ClockLines.summary(status)), Self.style(ofClock: status))
    var network = StyledLine("interface  ", .faint)
    if let interface = status.interface {
      network.add(Text.plain("\(interface.name) (\(interface.address))"))
    } else {
      network.add(Text.plain("none usable: \(status.interfaceProblem ?? "")"), .bad)
    }
    var lines = [clock, network]
    if status.realTime.mode != .fifo {
      var line = StyledLine("real time  ", .faint)
      line.add(Text.plain("degraded: \(status.realTime.reason)"), .warning)
      lines.append(line)
    }
    return lines
  }

  private static func style(ofClock status: DaemonStatus) -> StyledLine.Style {
    if status.clock.problems.contains(where: { $0.level == .blocking }) { return .bad }
    if status.clock.problems.contains(where: { $0.level == .warning }) { return .warning }
    return status.ptp == nil || ["locked", "grandmaster"].contains(status.clock.state)
      ? .good : .warning
  }

  /// A summary such as `receivers  6 of 8 healthy; Stage left: silent: ...`, which names the worst stream.
  private func streamSummary(
    _ noun: String, _ streams: [(level: HealthLevel, name: String, state: String)]
  ) -> [StyledLine] {
    var line = StyledLine(Text.fitted(noun, to: 11), .faint)
    let healthy = streams.count { $0.level == .healthy }
    let worst =
      streams.first { $0.level == .unhealthy } ?? streams.first { $0.level == .partiallyHealthy }
    line.add(
      streams.isEmpty ? "none" : "\(healthy) of \(streams.count) healthy",
      worst.map { Self.style($0.level) } ?? .good)
    if let worst { line.add(Text.plain("; \(worst.name): \(worst.state)")) }
    return [line]
  }

  private func levels(
    _ name: String, _ levels: [MeterSnapshot.Level], _ holds: [Double], rows: Int
  ) -> [StyledLine] {
    var title = StyledLine(Text.fitted(name.uppercased(), to: 10), .heading)
    let loudest = levels.enumerated().max { $0.element.peakDecibels < $1.element.peakDecibels }
    if let loudest, loudest.element.peakDecibels > MeterSnapshot.silence {
      let held = holds.max() ?? MeterSnapshot.silence
      title.add(
        "\(Self.decibels(loudest.element.peakDecibels)) dBFS on channel \(loudest.offset + 1),"
          + " held \(Self.decibels(held)) dBFS")
    } else {
      title.add("silence", .faint)
    }
    let clipped = levels.indices.filter { levels[$0].clips > 0 }.map { "\($0 + 1)" }
    if !clipped.isEmpty {
      title.add(
        "  full scale on \(clipped.count == 1 ? "channel" : "channels") "
          + clipped.joined(separator: ", "), .bad)
    }
    return [title] + LevelBars(levels: levels, holds: holds).lines(rows: rows, columns: columns)
  }

  static func style(_ level: HealthLevel) -> StyledLine.Style {
    switch level {
    case .healthy: .good
    case .partiallyHealthy: .warning
    case .unhealthy: .bad
    case .inactive: .faint
    }
  }

  static func decibels(_ value: Double) -> String {
    value <= MeterSnapshot.silence ? "" : Text.fixed(value, 1)
  }
}
