// SPDX-License-Identifier: MIT
internal import ControlAPI

/// The levels of 64 channels as vertical bars, with a scale in dBFS and a peak-hold mark.
struct LevelBars {
  /// The scale's lower end; its upper end is full scale.
  static let lowest = -60.0
  private static let parts = Array(
    "\u{2581}\u{2582}\u{2583}\u{2584}\u{2585}\u{2586}\u{2587}\u{2588}")
  private static let labelWidth = 5

  let levels: [MeterSnapshot.Level]
  /// The held peaks in dBFS, one for each channel.
  let holds: [Double]

  /// The cells of a channel on a screen of so many columns; at least 1.
  static func cells(of channels: Int, columns: Int) -> Int {
    max(1, min(3, (columns - labelWidth - (channels - 1) / 8) / max(1, channels)))
  }

  /// The lines from full scale downwards, with the channels' numbers below.
  func lines(rows: Int, columns: Int) -> [StyledLine] {
    let cells = Self.cells(of: levels.count, columns: columns)
    var lines = (0..<rows).map { row in bars(row, of: rows, cells) }
    lines.append(numbers(cells))
    return lines
  }

  private func bars(_ row: Int, of rows: Int, _ cells: Int) -> StyledLine {
    let step = -Self.lowest / Double(rows)
    let top = -Double(row) * step
    // The label belongs to the row's upper edge.
    var line = StyledLine(
      Text.fitted("\(Int(top.rounded()))", to: Self.labelWidth - 1, toTheRight: true) + " ", .faint)
    for channel in levels.indices {
      if channel > 0, channel.isMultiple(of: 8) { line.add(" ") }
      let character = character(channel, top: top, step: step, isTopRow: row == 0)
      line.add(
        String(repeating: character, count: cells),
        character == " " ? .plain : style(of: top, channel, isTopRow: row == 0))
    }
    return line
  }

  private func character(
    _ channel: Int, top: Double, step: Double, isTopRow: Bool
  ) -> Character {
    let level = levels[channel]
    if isTopRow, level.clips > 0 { return "!" }
    let share = (level.peakDecibels - (top - step)) / step
    if share >= 1 { return Self.parts[7] }
    if share > 0 { return Self.parts[min(7, Int(share * 8))] }
    let hold = channel < holds.count ? holds[channel] : MeterSnapshot.silence
    if hold > top - step, hold <= top { return "\u{2594}" }
    return " "
  }

  private func style(of top: Double, _ channel: Int, isTopRow: Bool) -> StyledLine.Style {
    if isTopRow, levels[channel].clips > 0 { return .bad }
    return top > -3 ? .bad : top > -18 ? .warning : .good
  }

  private func numbers(_ cells: Int) -> StyledLine {
    var text = String(repeating: " ", count: Self.labelWidth)
    for first in stride(from: 0, to: levels.count, by: 8) {
      if first > 0 { text += " " }
      let count = min(8, levels.count - first)
      text += Text.fitted("\(first + 1)", to: count * cells)
    }
    return StyledLine(text, .faint)
  }
}

/// Peak holds: each peak stays for some seconds, and then falls.
struct PeakHolds: Equatable {
  static let holdMilliseconds: Int64 = 2_000
  /// The rate of fall in dB per second.
  static let fall = 20.0

  private(set) var decibels: [Double] = []
  private var since: [Int64] = []
  private var last: Int64 = 0

  /// - Parameter now: in milliseconds of any clock that does not step.
  mutating func take(_ levels: [MeterSnapshot.Level], now: Int64) {
    if decibels.count != levels.count {
      decibels = levels.map { _ in MeterSnapshot.silence }
      since = levels.map { _ in now }
    }
    let fallen = Double(max(0, now - last)) / 1_000 * Self.fall
    for (channel, level) in levels.enumerated() {
      if level.peakDecibels >= decibels[channel] {
        decibels[channel] = level.peakDecibels
        since[channel] = now
      } else if now - since[channel] > Self.holdMilliseconds {
        decibels[channel] = max(
          level.peakDecibels, MeterSnapshot.silence, decibels[channel] - fallen)
      }
    }
    last = now
  }

  mutating func clear() { decibels = [] }
}
