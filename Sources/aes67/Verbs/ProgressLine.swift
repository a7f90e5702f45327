// SPDX-License-Identifier: MIT
internal import LinuxIO

/// One line on the terminal that says how listening or recording goes, four times a second.
struct ProgressLine {
  /// - Parameter isSilent: writes nothing.
  let isSilent: Bool
  /// Frames a second.
  let rate: Int
  private var shownFrames: Int64 = 0

  init(isSilent: Bool, rate: Int) {
    self.isSilent = isSilent || !Terminal.isOutput
    self.rate = rate
  }

  /// Writes the line anew if a quarter of a second has passed since it was written.
  ///
  /// - Parameters:
  ///   - frames: since the beginning.
  ///   - peak: since it was asked for last, between 0 and 1; asked for only if the line is written.
  ///   - more: what stands behind both.
  mutating func show(
    _ frames: Int64, peak: () -> Double, more: () -> String = { "" }
  ) {
    guard !isSilent, frames - shownFrames >= Int64(rate / 4) else { return }
    shownFrames = frames
    let seconds = Text.fixed(Double(frames) / Double(rate), 1)
    Terminal.write("\r\u{1B}[K\(seconds) s  peak \(Text.level(peak()))\(more())")
  }

  /// Leaves the line to what is written next.
  func end() {
    if !isSilent { Terminal.write("\r\u{1B}[K") }
  }
}
