// SPDX-License-Identifier: MIT
internal import ControlAPI
internal import LinuxIO

/// The data that the monitor shows, and the choices made with its keys.
struct MonitorState {
  enum Page: Int, CaseIterable {
    case overview, receivers, senders, programs, threads, events

    var title: String { "\(self)" }
  }

  private(set) var report: Stats.Report?
  /// The previous report, with which changes are detected.
  private(set) var last: Stats.Report?
  private(set) var meters: MeterSnapshot?
  private(set) var playbackHolds = PeakHolds()
  private(set) var captureHolds = PeakHolds()
  private(set) var events = EventList()
  private(set) var page = Page.overview
  /// The lines of the page above the screen; for events, those below it.
  private(set) var scrolled = 0

  /// - Parameter now: in milliseconds of a monotonic clock.
  mutating func take(_ report: Stats.Report, _ meters: MeterSnapshot, now: Int64) {
    last = self.report
    self.report = report
    self.meters = meters
    playbackHolds.take(meters.playback, now: now)
    captureHolds.take(meters.capture, now: now)
  }

  mutating func add(_ change: Change, time: String) { events.add(change, time: time) }

  /// - Parameters:
  ///   - lines: the number of lines of the page, which limits scrolling.
  ///   - room: the number of lines on the screen for them.
  /// - Returns: false if the monitor must end.
  mutating func press(_ key: Key, lines: Int, room: Int) -> Bool {
    let furthest = max(0, lines - room)
    // Events are shown from the last one.
    let direction = page == .events ? -1 : 1
    switch key {
    case .character("q"), .character("Q"): return false
    case .character("c"):
      playbackHolds.clear()
      captureHolds.clear()
    case .character(let digit) where ("1"..."6").contains(digit):
      show(Page(rawValue: (digit.wholeNumberValue ?? 1) - 1) ?? .overview)
    case .tab, .right: turn(by: 1)
    case .left: turn(by: -1)
    case .down, .character("j"): scrolled += direction
    case .up, .character("k"): scrolled -= direction
    case .pageDown, .character(" "): scrolled += direction * max(1, room - 1)
    case .pageUp: scrolled -= direction * max(1, room - 1)
    case .home: scrolled = page == .events ? furthest : 0
    case .end: scrolled = page == .events ? 0 : furthest
    default: break
    }
    scrolled = min(max(0, scrolled), furthest)
    return true
  }

  private mutating func show(_ page: Page) {
    self.page = page
    scrolled = 0
  }

  private mutating func turn(by step: Int) {
    let count = Page.allCases.count
    show(Page(rawValue: (page.rawValue + step + count) % count) ?? .overview)
  }
}
