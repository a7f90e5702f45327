// SPDX-License-Identifier: MIT
internal import LinuxIO
internal import Recording

/// One line on the terminal that says how a recording goes, a few times a second.
struct RecordingReport {
  let isSilent: Bool
  let rate: Int
  private var shownFrames: Int64 = 0

  init(isSilent: Bool, rate: Int) {
    self.isSilent = isSilent
    self.rate = rate
  }

  mutating func show(_ recorder: inout Recorder) {
    let frames = recorder.progress.frames
    guard !isSilent, frames - shownFrames >= Int64(rate / 4) else { return }
    shownFrames = frames
    let level = Text.level(recorder.takePeak())
    Terminal.write("\r\u{1B}[K\(Text.fixed(Double(frames) / Double(rate), 1)) s  peak \(level)")
  }

  /// Leaves the line to what is written next.
  func end() {
    if !isSilent { Terminal.write("\r\u{1B}[K") }
  }
}
