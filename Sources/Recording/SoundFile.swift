// SPDX-License-Identifier: MIT
internal import CSoundFile
internal import Glibc

/// The reason why a sound file could not be made or written, in words of the system or of libsndfile.
package struct SoundFileError: Error, CustomStringConvertible {
  package let description: String
}

/// A sound file that is written from its first frame to its last.
@safe
package struct SoundFile: ~Copyable {
  package enum Format: String, CaseIterable, Sendable {
    /// WAV up to 4 GiB, RF64 above (EBU Tech 3306).
    case wav
    case flac

    /// - Parameter path: its extension determines the format.
    package init?(ofFile path: String) {
      self.init(rawValue: path.split(separator: ".").last.map { $0.lowercased() } ?? "")
    }

    /// FLAC's own limit is 8 (RFC 9639, 9.1.3).
    package var maximumChannels: Int { self == .flac ? 8 : 64 }
  }

  /// The number of frames of silence that are written at once.
  private static let silenceFrames: Int64 = 1_024

  // Safety: from sf_open to sf_close, which the end of this value calls.
  private let file: OpaquePointer
  package let channels: Int
  private let format: Format

  /// Makes the file, or overwrites an existing one.
  ///
  /// - Parameters:
  ///   - channels: 1 to the format's limit.
  ///   - rate: frames per second.
  ///   - start: the time of its first frame.
  ///   - description: the content of the recording: 256 bytes are kept in a WAV file.
  package init(
    creating path: String, format: Format, channels: Int, rate: Int, start: TimeReference,
    description: String
  ) throws(SoundFileError) {
    var info = SF_INFO()
    info.samplerate = Int32(rate)
    info.channels = Int32(channels)
    info.format = Int32(
      (format == .flac ? SF_FORMAT_FLAC : SF_FORMAT_RF64) | SF_FORMAT_PCM_24)
    guard let file = unsafe sf_open(path, Int32(SFM_WRITE), &info) else {
      throw SoundFileError(
        description: "\(path): \(unsafe String(cString: sf_strerror(nil)))")
    }
    unsafe self.file = unsafe file
    self.channels = channels
    self.format = format
    describe(format, start, description)
  }

  private func describe(_ format: Format, _ start: TimeReference, _ description: String) {
    guard format == .wav else {
      let comment = "\(description); first frame \(start.framesSinceMidnight) after midnight"
      unsafe sf_set_string(file, Int32(SF_STR_COMMENT), comment)
      unsafe sf_set_string(file, Int32(SF_STR_DATE), "\(start.date) \(start.time)")
      return
    }
    unsafe sf_command(file, Int32(SFC_RF64_AUTO_DOWNGRADE), nil, 1)
    // After a kill or a loss of power, the file ends at the last header.
    unsafe sf_command(file, Int32(SFC_SET_UPDATE_HEADER_AUTO), nil, 1)
    unsafe description.withCString { description in
      unsafe start.date.withCString { date in
        unsafe start.time.withCString { time in
          _ = unsafe aes67_set_broadcast_origin(
            file,
            aes67_broadcast_origin(
              description: description, date: date, time: time,
              time_reference: start.framesSinceMidnight))
        }
      }
    }
  }

  /// Writes interleaved frames, their samples in the upper 24 bits.
  package borrowing func write(_ samples: [Int32]) throws(SoundFileError) {
    let frames = samples.count / channels
    errno = 0
    let written = unsafe sf_writef_int(file, samples, sf_count_t(frames))
    let code = errno
    guard written == frames else {
      // About a FLAC file, libsndfile does not repeat the reason of the system.
      throw SoundFileError(
        description: code == 0
          ? unsafe String(cString: sf_strerror(file)) : unsafe String(cString: strerror(code)))
    }
  }

  /// Writes silence; in a WAV file as a hole that takes no space on the disk, if the file system supports
  /// holes.
  ///
  /// - Parameter frames: 0 or more.
  package borrowing func writeSilence(_ frames: Int64) throws(SoundFileError) {
    var left = frames
    // The last frame is written, so that the file has its full length.
    if format == .wav, left > 1, unsafe sf_seek(file, left - 1, SEEK_CUR) >= 0 { left = 1 }
    while left > 0 {
      let count = min(left, Self.silenceFrames)
      try write([Int32](repeating: 0, count: Int(count) * channels))
      left -= count
    }
  }

  deinit { _ = unsafe sf_close(file) }
}
