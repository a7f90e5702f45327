// SPDX-License-Identifier: MIT
internal import LinuxIO

/// One line on the terminal with the progress of listening or recording, four times a second.
struct ProgressLine {
  /// True to write nothing.
  let isSilent: Bool
  /// Frames per second.
  let rate: Int
  private var shownFrames: Int64 = 0

  init(isSilent: Bool, rate: Int) {
    self.isSilent = isSilent || !Terminal.isOutput
    self.rate = rate
  }

  /// Writes the line again if a quarter of a second has passed since the last time.
  ///
  /// - Parameters:
  ///   - frames: since the beginning.
  ///   - peak: since the last call, between 0 and 1; called only if the line is written.
  ///   - more: the text after both.
  mutating func show(
    _ frames: Int64, peak: () -> Double, more: () -> String = { "" }
  ) {
    guard !isSilent, frames - shownFrames >= Int64(rate / 4) else { return }
    shownFrames = frames
    let seconds = Text.fixed(Double(frames) / Double(rate), 1)
    Terminal.write("\r\u{1B}[K\(seconds) s  peak \(Text.level(peak()))\(more())")
  }

  /// Ends the line.
  func end() {
    if !isSilent { Terminal.write("\r\u{1B}[K") }
  }
}
