// SPDX-License-Identifier: MIT
internal import ControlAPI

/// The picture of the monitor, which depends only on its state and on the size of the screen.
struct MonitorFrame {
  let state: MonitorState
  let columns: Int
  let rows: Int

  init(_ state: MonitorState, columns: Int, rows: Int) {
    self.state = state
    self.columns = columns
    self.rows = rows
  }

  /// The lines for a page, between the titles and the keys.
  var room: Int { max(1, rows - 2) }

  /// The lines of the page with its headings, which limit scrolling.
  var scrollableLines: Int { page.lines.count }

  /// The lines, exactly as many as the screen has.
  var lines: [StyledLine] {
    guard rows > 2 else { return [titles] }
    let (all, headings) = page
    let free = room - headings
    let rest = Array(all.dropFirst(headings))
    let visible: ArraySlice<StyledLine>
    if state.page == .events {
      let end = max(0, rest.count - state.scrolled)
      visible = rest[max(0, end - free)..<end]
    } else {
      let start = min(state.scrolled, max(0, rest.count - free))
      visible = rest[start..<min(rest.count, start + free)]
    }
    var lines = [titles] + all.prefix(headings) + visible
    lines += Array(repeating: StyledLine(), count: max(0, rows - 1 - lines.count))
    return lines + [footer(rest.count, free, visible)]
  }

  /// The text for the terminal, which replaces the previous picture.
  func text(isColoured: Bool) -> String {
    lines.map { $0.rendered(width: columns, isColoured: isColoured) + "\u{1B}[K" }
      .joined(separator: "\r\n")
  }

  private var titles: StyledLine {
    var line = StyledLine()
    for page in MonitorState.Page.allCases {
      let name = columns >= 70 ? page.title : String(page.title.prefix(4))
      let title = "\(page.rawValue + 1) \(name)"
      if page == state.page { line.add("[\(title)]", .chosen) } else { line.add(" \(title) ") }
    }
    guard let status = state.report?.status else { return line }
    let instance = status.instance.isEmpty ? "" : ", \(status.instance)"
    let name = Text.plain("  \(status.host)\(instance)")
    let left = columns - Text.cells(line.text)
    if left > 8 { line.add(Text.fitted(name, to: left, toTheRight: true), .faint) }
    return line
  }

  private func footer(
    _ count: Int, _ free: Int, _ visible: ArraySlice<StyledLine>
  ) -> StyledLine {
    let keys = "q quit   1-6 Tab pages   \u{2191}\u{2193} PgUp PgDn scroll   c clear peaks"
    guard count > free, let first = visible.indices.first, let last = visible.indices.last else {
      return StyledLine(keys, .faint)
    }
    let place = "\(first + 1)\u{2013}\(last + 1) of \(count)"
    let space = max(1, columns - Text.cells(keys) - Text.cells(place))
    return StyledLine(keys + String(repeating: " ", count: space) + place, .faint)
  }

  /// The page's lines, and the number of the first ones that stay when it is scrolled.
  private var page: (lines: [StyledLine], headings: Int) {
    guard let report = state.report else { return ([StyledLine("waiting for aes67d")], 0) }
    switch state.page {
    case .overview: return (overview(report), 0)
    case .receivers: return receivers(report.status.receivers)
    case .senders: return senders(report.status.senders)
    case .programs: return programs(report.status.clients)
    case .threads: return threads(report)
    case .events:
      let lines = state.events.entries.map { StyledLine($0.line) }
      return (lines.isEmpty ? [StyledLine("no event since the monitor started")] : lines, 0)
    }
  }
}
