// SPDX-License-Identifier: MIT
import CSoundFile
import Glibc
import Testing

@testable import Recording

@Suite("Recordings, read back with libsndfile")
struct RecorderTests {
  private static let start: Int64 = 86_020_000_000_000_123
  /// The same frame by both clocks.
  private static let first = StreamStart(deviceFrame: 5_000_000, mediaFrame: start)

  /// The properties and the samples of a recording.
  private struct Contents {
    var format: Int32
    var channels: Int
    var samples: [Int32]
    var timeReference: UInt64?
  }

  private func withFile<R>(_ ending: String, _ body: (String) throws -> R) rethrows -> R {
    let path = "/tmp/aes67-recording-\(getpid())-\(UInt32.random(in: 0...UInt32.max)).\(ending)"
    defer { _ = unsafe unlink(path) }
    return try body(path)
  }

  private func read(_ path: String) throws -> Contents {
    var info = SF_INFO()
    let file = try unsafe #require(sf_open(path, Int32(SFM_READ), &info))
    defer { _ = unsafe sf_close(file) }
    var samples = [Int32](repeating: 0, count: Int(info.frames) * Int(info.channels))
    #expect(unsafe sf_readf_int(file, &samples, info.frames) == info.frames)
    var broadcast = SF_BROADCAST_INFO()
    let hasOrigin = unsafe sf_command(
      file, Int32(SFC_GET_BROADCAST_INFO), &broadcast,
      Int32(MemoryLayout<SF_BROADCAST_INFO>.size))
    return Contents(
      format: info.format, channels: Int(info.channels), samples: samples,
      timeReference: hasOrigin == 0
        ? nil
        : UInt64(broadcast.time_reference_high) << 32 | UInt64(broadcast.time_reference_low))
  }

  private func recorder(
    _ path: String, _ format: SoundFile.Format = .wav, columns: [Int?], deviceChannels: Int
  ) throws -> Recorder {
    Recorder(
      into: try SoundFile(
        creating: path, format: format, channels: columns.count, rate: 48_000,
        start: TimeReference(mediaFrame: Self.start, rate: 48_000), description: "a test"),
      columns: columns, deviceChannels: deviceChannels, start: Self.first)
  }

  /// A sample in the upper 24 bits; the lower eight are zero, as the plug-in delivers them.
  private func sample(_ number: Int) -> Int32 { Int32(truncatingIfNeeded: number) << 8 }

  @Test(
    "Every frame has all 24 bits, and the file has the time of the first one",
    arguments: [SoundFile.Format.wav, .flac])
  func exact(format: SoundFile.Format) throws {
    try withFile(format.rawValue) { path in
      let frames = (0..<2_500).map { [sample($0), sample(-$0 - 1), sample($0 * 3_001)] }
      do {
        var recorder = try recorder(path, format, columns: [2, nil, 0], deviceChannels: 3)
        try recorder.put(Array(frames[..<1_000].joined()), limit: nil)
        try recorder.put(Array(frames[1_000...].joined()), limit: 1_400)
        #expect(recorder.progress.frames == 2_400)
      }
      let contents = try read(path)
      #expect(contents.channels == 3)
      #expect(contents.samples == frames[..<2_400].flatMap { [$0[2], 0, $0[0]] })
      // A short file is WAV (its extensible header has room for 64 channels); FLAC has no such field.
      if format == .wav {
        #expect(contents.format & Int32(SF_FORMAT_TYPEMASK) == Int32(SF_FORMAT_WAVEX))
        let midnight = UInt64(Self.start % (86_400 * 48_000))
        #expect(contents.timeReference == midnight)
      }
    }
  }

  @Test("Frames that the device lost are silent, and later frames are in their place")
  func gap() throws {
    try withFile("wav") { path in
      do {
        var recorder = try recorder(path, columns: [0], deviceChannels: 1)
        try recorder.put((0..<100).map { sample($0 + 1) }, limit: nil)
        try recorder.resume(at: Self.first.advanced(by: 3_100), limit: 48_000)
        try recorder.put([sample(7)], limit: nil)
        // Neither a clock that went back nor one that jumped far leaves a gap.
        try recorder.resume(at: Self.first, limit: 48_000)
        try recorder.resume(at: Self.first.advanced(by: 10_000_000), limit: 48_000)
        try recorder.put([sample(8)], limit: nil)
        #expect(recorder.progress.lostFrames == 3_000)
        #expect(recorder.progress.frames == 3_102)
      }
      let samples = try read(path).samples
      #expect(samples[..<100] == (0..<100).map { sample($0 + 1) }[...])
      #expect(samples[100..<3_100].allSatisfy { $0 == 0 })
      #expect(samples[3_100...] == [sample(7), sample(8)])
    }
  }

  @Test(
    "Lost frames are counted across a step of the media clock and a restart of the daemon",
    arguments: [3_600 * 48_000, -3_600 * 48_000, 1_000, -1_000])
  func gapAcrossSteps(step: Int64) throws {
    try withFile("wav") { path in
      var recorder = try recorder(path, columns: [0], deviceChannels: 1)
      var next = Self.first
      func lose(_ frames: Int64) throws {
        try recorder.put([Int32](repeating: sample(1), count: 100), limit: nil)
        next = next.advanced(by: 100 + frames)
        try recorder.resume(at: next, limit: 48_000)
      }
      try lose(7)
      next = StreamStart(deviceFrame: next.deviceFrame, mediaFrame: next.mediaFrame + step)
      try lose(2_000)
      #expect(recorder.progress.lostFrames == 2_007)
      // Another daemon counts device frames from 0 on.
      next = StreamStart(deviceFrame: 480, mediaFrame: next.mediaFrame)
      try lose(300)
      #expect(recorder.progress.lostFrames == 2_307)
      // If both clocks have jumped, the loss is unknown; the next one is known again.
      next = StreamStart(deviceFrame: 0, mediaFrame: next.mediaFrame - 10_000_000)
      try lose(50)
      try lose(60)
      #expect(recorder.progress.lostFrames == 2_367)
      #expect(recorder.progress.frames == 5 * 100 + 2_367)
    }
  }

  @Test("A reported stream is the latest if no more of it was read, and it has another start")
  func latestStream() {
    func stream(_ deviceFrame: Int64, _ frames: UInt64) -> ReportedStream {
      let start = StreamStart(deviceFrame: deviceFrame, mediaFrame: deviceFrame + Self.start)
      return ReportedStream(start: start, frames: frames)
    }
    #expect(stream(480, 1_024).isLatest(after: nil, read: 1_024))
    let old = StreamStart(deviceFrame: 480, mediaFrame: 480 + Self.start)
    #expect(stream(96_480, 1_024).isLatest(after: old, read: 2_048))
    // The old stream, before and after a step of the media clock and a restart of the daemon.
    #expect(!stream(480, 90_000).isLatest(after: old, read: 1_024))
    let stepped = StreamStart(deviceFrame: 480, mediaFrame: 5_480 + Self.start)
    #expect(!ReportedStream(start: stepped, frames: 0).isLatest(after: old, read: 1_024))
    #expect(!stream(-70_000, 90_000).isLatest(after: old, read: 1_024))
  }

  @Test("The peak is the greatest since the last reading")
  func peak() throws {
    try withFile("wav") { path in
      var recorder = try recorder(path, columns: [0], deviceChannels: 1)
      try recorder.put([1 << 29, Int32.min, 0], limit: nil)
      #expect(recorder.takePeak() == 1)
      try recorder.put([1 << 30], limit: nil)
      #expect(recorder.takePeak() == 0.5)
      #expect(recorder.takePeak() == 0)
    }
  }

  @Test("A full disk and a missing directory are errors")
  func refusals() throws {
    #expect(throws: SoundFileError.self) {
      _ = try recorder("/nowhere/take.wav", columns: [0], deviceChannels: 1)
    }
    for format in SoundFile.Format.allCases {
      let error = #expect(throws: SoundFileError.self) {
        var full = try recorder("/dev/full", format, columns: [0], deviceChannels: 1)
        for _ in 0..<64 { try full.put([Int32](repeating: 1 << 16, count: 1_024), limit: nil) }
      }
      #expect(error?.description.contains("No space left on device") == true)
    }
  }

  @Test(
    "A week is one RF64 file with correct sizes, and its last frames are in their place")
  func aWeek() throws {
    let week: Int64 = 7 * 86_400 * 48_000
    try withFile("wav") { path in
      // The file is closed at the end of this block.
      do {
        var recorder = try recorder(path, columns: [0, 1], deviceChannels: 2)
        try recorder.put([1 << 8, 2 << 8], limit: nil)
        try recorder.resume(at: Self.first.advanced(by: week - 2), limit: week)
        try recorder.put([3 << 8, 4 << 8, 5 << 8, 6 << 8], limit: nil)
        #expect(recorder.progress.frames == week && recorder.progress.lostFrames == week - 3)
      }
      var info = SF_INFO()
      let file = try unsafe #require(sf_open(path, Int32(SFM_READ), &info))
      defer { _ = unsafe sf_close(file) }
      #expect(info.frames == week && Int(info.format) & SF_FORMAT_TYPEMASK == SF_FORMAT_RF64)
      var samples = [Int32](repeating: 7, count: 6)
      #expect(unsafe sf_readf_int(file, &samples, 3) == 3)
      #expect(samples == [1 << 8, 2 << 8, 0, 0, 0, 0])
      #expect(unsafe sf_seek(file, week - 3, SEEK_SET) == week - 3)
      #expect(unsafe sf_readf_int(file, &samples, 3) == 3)
      #expect(samples == [0, 0, 3 << 8, 4 << 8, 5 << 8, 6 << 8])

      // EBU Tech 3306: the 32-bit sizes are -1, and the chunk ds64 has the 64-bit sizes.
      let header = try start(of: path, bytes: 64)
      func number(_ place: Int, _ count: Int) -> UInt64 {
        header[place..<place + count].reversed().reduce(0) { $0 << 8 | UInt64($1) }
      }
      let dataBytes = UInt64(week) * 2 * 3
      #expect(String(decoding: header[0..<4] + header[12..<16], as: UTF8.self) == "RF64ds64")
      #expect(number(4, 4) == 0xFFFF_FFFF)
      #expect(number(28, 8) == dataBytes && number(36, 8) == UInt64(week))
      var status = stat()
      #expect(unsafe stat(path, &status) == 0)
      #expect(number(20, 8) == UInt64(status.st_size) - 8)
      #expect(
        UInt64(status.st_size) > dataBytes && status.st_blocks < 10_000, "the file is mostly sparse"
      )
    }
  }

  private func start(of path: String, bytes: Int) throws -> [UInt8] {
    let file = unsafe open(path, O_RDONLY)
    defer { close(file) }
    var content = [UInt8](repeating: 0, count: bytes)
    #expect(unsafe Glibc.read(file, &content, bytes) == bytes)
    return content
  }
}
