// SPDX-License-Identifier: MIT
internal import ControlAPI

extension MeterPeaks {
  /// The server-sent event `meters`: the same text as that of an encoder, which would cost more than measuring
  /// the levels of all channels.
  var event: String { "event: meters\ndata: \(json)\n\n" }

  /// The same text as `JSONText.line` writes.
  var json: String {
    func list(_ numbers: [some FixedWidthInteger]) -> String {
      numbers.map { String($0) }.joined(separator: ",")
    }
    return "{\"capture\":[\(list(capture))],\"captureClips\":[\(list(captureClips))],"
      + "\"playback\":[\(list(playback))],\"playbackClips\":[\(list(playbackClips))]}"
  }
}
