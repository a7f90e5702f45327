// SPDX-License-Identifier: MIT

/// Writes a device's frames to a file, each to its place; frames that the device lost are silence.
package struct Recorder: ~Copyable {
  /// The progress of the recording.
  package struct Progress: Equatable, Sendable {
    /// The number of frames in the file.
    package var frames: Int64 = 0
    /// The number of those that are silence in place of lost frames.
    package var lostFrames: Int64 = 0
    /// The sample peak since the last report, 0 to 1.
    package var peak = 0.0
  }

  private let file: SoundFile
  /// The device's channels in the order of the file's, from 0; nil for silence.
  private let columns: [Int?]
  private let deviceChannels: Int
  /// The file's first frame by the present clocks.
  private var start: StreamStart
  package private(set) var progress = Progress()

  /// - Parameters:
  ///   - columns: the device's channels that become the file's.
  ///   - start: the first written frame.
  package init(
    into file: consuming SoundFile, columns: [Int?], deviceChannels: Int, start: StreamStart
  ) {
    self.file = file
    self.columns = columns
    self.deviceChannels = deviceChannels
    self.start = start
  }

  /// Writes frames of the device.
  ///
  /// - Parameters:
  ///   - samples: interleaved, of all the device's channels.
  ///   - limit: the number of frames that the file may still get; nil for any.
  package mutating func put(_ samples: [Int32], limit: Int64?) throws(SoundFileError) {
    let count = min(samples.count / deviceChannels, limit.map { Int(max(0, $0)) } ?? .max)
    var chosen: [Int32] = []
    chosen.reserveCapacity(count * columns.count)
    for frame in 0..<count {
      for column in columns {
        let sample = column.map { samples[frame * deviceChannels + $0] } ?? 0
        chosen.append(sample)
        progress.peak = max(progress.peak, Double(sample.magnitude) / 2_147_483_648)
      }
    }
    try file.write(chosen)
    progress.frames += Int64(count)
  }

  /// Writes silence for frames that were lost before the next one.
  ///
  /// - Parameters:
  ///   - next: the next frame.
  ///   - limit: the maximum silence in frames. If the clocks say that more is missing, or less than nothing, they
  ///     have jumped, and no silence is written.
  package mutating func resume(at next: StreamStart, limit: Int64) throws(SoundFileError) {
    let missing = next.distance(from: start.advanced(by: progress.frames), limit: limit) ?? 0
    start = next.advanced(by: -progress.frames - missing)
    guard missing > 0 else { return }
    try file.writeSilence(missing)
    progress.frames += missing
    progress.lostFrames += missing
  }

  /// The sample peak since the last call, 0 to 1.
  package mutating func takePeak() -> Double {
    defer { progress.peak = 0 }
    return progress.peak
  }
}
