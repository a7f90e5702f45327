// SPDX-License-Identifier: MIT
internal import ControlAPI

/// The levels of all channels, each as one character: what the monitor shows.
enum MeterLines {
  /// From just above silence to full scale, 8 dB each.
  private static let bars = Array(
    "\u{2581}\u{2582}\u{2583}\u{2584}\u{2585}\u{2586}\u{2587}\u{2588}")
  private static let step = 8.0

  static func lines(of meters: MeterSnapshot) -> [String] {
    ["", line("playback", meters.playback), line("capture", meters.capture)]
  }

  /// Eight channels together, as most streams carry them.
  private static func line(_ name: String, _ levels: [MeterSnapshot.Level]) -> String {
    let space = String(repeating: " ", count: max(1, 11 - name.count))
    var text = name + space
    for (channel, level) in levels.enumerated() {
      if channel > 0, channel.isMultiple(of: 8) { text += " " }
      text.append(character(of: level))
    }
    return text
  }

  static func character(of level: MeterSnapshot.Level) -> Character {
    if level.clips > 0 { return "!" }
    let range = step * Double(bars.count)
    guard level.peakDecibels > -range else { return "\u{B7}" }
    let place = Int((level.peakDecibels + range) / step)
    return bars[min(place, bars.count - 1)]
  }
}
