// SPDX-License-Identifier: MIT

/// Puts what a device gives into a file, frame by frame in its place: frames that the device lost are silence.
package struct Recorder: ~Copyable {
  /// What has been recorded so far.
  package struct Progress: Equatable, Sendable {
    /// In the file.
    package var frames: Int64 = 0
    /// Of these, silence in place of frames that were lost.
    package var lostFrames: Int64 = 0
    /// The greatest sample since the last report, 0 to 1.
    package var peak = 0.0
  }

  private let file: SoundFile
  /// Of the device's channels, in the order of the file's: from 0; nil for silence.
  private let columns: [Int?]
  private let deviceChannels: Int
  /// The media frame of the file's first frame.
  private let start: Int64
  package private(set) var progress = Progress()

  /// - Parameters:
  ///   - columns: Which of the device's channels become the file's.
  ///   - start: The media frame of the first frame that is put in.
  package init(
    into file: consuming SoundFile, columns: [Int?], deviceChannels: Int, start: Int64
  ) {
    self.file = file
    self.columns = columns
    self.deviceChannels = deviceChannels
    self.start = start
  }

  /// Writes frames of the device.
  ///
  /// - Parameters:
  ///   - samples: Interleaved, of all the device's channels.
  ///   - limit: How many frames the file may still get; nil for any.
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

  /// Puts in silence for what was lost up to the frame that comes next.
  ///
  /// - Parameters:
  ///   - next: Its media frame. One that lies before what is in the file changes nothing.
  ///   - limit: How much silence is believed, in frames: a media clock that jumped far lost no audio.
  package mutating func resume(at next: Int64, limit: Int64) throws(SoundFileError) {
    let missing = next - (start + progress.frames)
    guard (1...limit).contains(missing) else { return }
    try file.writeSilence(missing)
    progress.frames += missing
    progress.lostFrames += missing
  }

  /// The greatest sample since this was asked last, 0 to 1.
  package mutating func takePeak() -> Double {
    defer { progress.peak = 0 }
    return progress.peak
  }
}
