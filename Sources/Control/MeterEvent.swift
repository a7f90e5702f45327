// SPDX-License-Identifier: MIT
internal import ControlAPI

extension MeterPeaks {
  /// The server-sent event `meters`: the same text as of every other event, without an encoder, which costs more than to measure
  /// the levels of all channels.
  var event: String { "event: meters\ndata: \(json)\n\n" }

  /// The same as `JSONText.line` writes.
  var json: String {
    func list(_ numbers: [some FixedWidthInteger]) -> String {
      numbers.map { String($0) }.joined(separator: ",")
    }
    return "{\"capture\":[\(list(capture))],\"captureClips\":[\(list(captureClips))],"
      + "\"playback\":[\(list(playback))],\"playbackClips\":[\(list(playbackClips))]}"
  }
}
