// SPDX-License-Identifier: MIT
internal import LinuxIO
internal import Listening

/// One line on the terminal that says how listening goes, a few times a second.
struct ListeningReport {
  let isSilent: Bool
  let rate: Int
  private var shownFrames: Int64 = 0

  init(isSilent: Bool, rate: Int) {
    self.isSilent = isSilent
    self.rate = rate
  }

  mutating func show(_ listener: inout Listener) {
    let progress = listener.progress
    guard !isSilent, progress.frames - shownFrames >= Int64(rate / 4) else { return }
    shownFrames = progress.frames
    let seconds = Text.fixed(Double(progress.frames) / Double(rate), 1)
    let level = Text.level(listener.takePeak())
    Terminal.write(
      "\r\u{1B}[K\(seconds) s  peak \(level)  \(progress.dropouts) dropouts, \(Self.clock(progress))"
    )
  }

  /// `the card's clock +12.3 ppm, delay 66 ms`.
  static func clock(_ progress: Listener.Progress) -> String {
    let sign = progress.partsPerMillion < 0 ? "" : "+"
    let rate = "the card's clock \(sign)\(Text.fixed(progress.partsPerMillion, 1)) ppm"
    return rate + (progress.delaySeconds.map { ", delay \(Text.fixed($0 * 1_000, 0)) ms" } ?? "")
  }

  /// Leaves the line to what is written next.
  func end() {
    if !isSilent { Terminal.write("\r\u{1B}[K") }
  }
}
