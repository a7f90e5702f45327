// SPDX-License-Identifier: MIT
internal import ArgumentParser
internal import ControlAPI
internal import ControlClient
internal import LinuxIO
internal import MediaClock
internal import Recording
internal import SoundDevice

/// `aes67 record`: records received channels into a file.
struct Record: Verb {
  static let configuration = CommandConfiguration(
    abstract: "Records received channels into a WAV or FLAC file.",
    discussion: """
      Name a receiver, or device channels such as 1-8 or 17,3. The file has 24 bits, and becomes RF64 beyond 4 \
      GiB. Its BWF time reference holds the media clock's time of the first frame, so that recordings of several \
      hosts can be aligned. Frames that are lost because this host is too busy are recorded as silence and \
      reported. Recording ends after --duration, or with Ctrl-C.

      Examples:
        aes67 record 1-2 take.wav --duration 1s
        aes67 record "Stage left" stage.flac --duration 1s
      """)

  /// The frames of a read.
  private static let blockFrames = 1_024

  @OptionGroup var connection: Connection

  @Argument(
    help: ArgumentHelp("A receiver's name, or device channels.", valueName: "what"),
    completion: .receivers)
  var source: String

  @Argument(
    help: "File to record into; its suffix .wav or .flac selects the format.",
    completion: .file(extensions: ["wav", "flac"]))
  var file: String

  @Option(
    help: "Duration, such as 90s, 10m or 2h (default: until Ctrl-C).",
    transform: RecordingDuration.init)
  var duration: RecordingDuration?

  @Flag(help: "Overwrite an existing file.") var force = false
  @Flag(name: .shortAndLong, help: "Print nothing while recording.") var quiet = false

  func perform(_ client: ControlClient) throws {
    guard let format = SoundFile.Format(ofFile: file) else {
      throw ValidationError("\(file): the name must end with .wav or .flac")
    }
    let selection = try SelectedChannels.recorded(source, try ReceiverKind.all(client))
    guard selection.numbers.count <= format.maximumChannels else {
      throw refusal(
        "\(format.rawValue) holds \(format.maximumChannels) channels, not \(selection.numbers.count)",
        "record into a .wav file")
    }
    guard force || !Files.exists(file) else {
      throw refusal("\(file) exists", "choose another name, or add --force to overwrite it")
    }
    Interruption.watch()
    do {
      try record(selection, format, client)
    } catch let error as SoundDeviceError {
      throw refusal("\(error)", "aes67 doctor")
    } catch let error as SoundFileError {
      throw refusal("\(error)", "choose a directory that you can write to")
    }
  }

  private func record(
    _ selection: SelectedChannels, _ format: SoundFile.Format, _ client: ControlClient
  ) throws {
    let rate = Int(SampleRate.hz48000.hertz)
    let device = try CaptureDevice(
      opening: selection.deviceName(connection.instance), channels: selection.span.count,
      rate: rate, blockFrames: Self.blockFrames)
    let begun = try begin(device, channels: selection.span.count, after: nil, client)
    let reference = TimeReference(mediaFrame: begun.start.mediaFrame, rate: Int64(rate))
    var recorder = Recorder(
      into: try SoundFile(
        creating: file, format: format, channels: selection.numbers.count, rate: rate,
        start: reference, description: selection.description),
      columns: selection.columns, deviceChannels: selection.span.count, start: begun.start)
    let length = duration.map { $0.frames(rate: rate) }
    var line = ProgressLine(isSilent: quiet, rate: rate)
    var failure: SoundFileError?
    do throws(SoundFileError) {
      try put(begun.blocks, &recorder, length)
    } catch {
      failure = error
    }
    var lastStart = begun.start
    while failure == nil, !Interruption.isRequested,
      length.map({ recorder.progress.frames < $0 }) ?? true
    {
      let block = try device.read()
      do {
        switch block {
        case .frames(let samples):
          try put([samples], &recorder, length)
        case .overrun:
          let begun = try begin(
            device, channels: selection.span.count, after: lastStart, client)
          lastStart = begun.start
          // No host stalls for a minute.
          try recorder.resume(at: begun.start, limit: 60 * Int64(rate))
          try put(begun.blocks, &recorder, length)
        }
      } catch let error as SoundFileError {
        failure = error
      }
      line.show(recorder.progress.frames) { recorder.takePeak() }
    }
    line.end()
    print(summary(recorder.progress, reference, rate))
    if let failure {
      throw refusal(
        "\(failure); what was recorded until then is in \(file)",
        "free some disk space and record again")
    }
  }

  private func put(
    _ blocks: [[Int32]], _ recorder: inout Recorder, _ length: Int64?
  ) throws(SoundFileError) {
    for block in blocks {
      try recorder.put(block, limit: length.map { $0 - recorder.progress.frames })
    }
  }

  /// Starts the device, or waits for its restart after an overrun.
  ///
  /// - Parameter last: the previous start.
  /// - Returns: the first frame, and the frames that were read until the daemon reported it.
  private func begin(
    _ device: borrowing CaptureDevice, channels: Int, after last: StreamStart?,
    _ client: ControlClient
  ) throws -> (start: StreamStart, blocks: [[Int32]]) {
    var (last, blocks): (StreamStart?, [[Int32]]) = (last, [])
    // The daemon reads its clients' status a few times a second.
    for _ in 0..<150 {
      let reported = try Self.reportedStream(client)
      switch try device.read() {
      case .frames(let samples): blocks.append(samples)
      case .overrun: (last, blocks) = (reported?.start ?? last, [])
      }
      let read = blocks.reduce(0) { $0 + $1.count / channels }
      if let stream = try Self.reportedStream(client), stream.isLatest(after: last, read: read) {
        return (stream.start, blocks)
      }
    }
    throw refusal(
      "the device belongs to another daemon than the one that answers",
      "name the instance with --instance")
  }

  /// This process's device stream; nil while the daemon does not know it.
  private static func reportedStream(_ client: ControlClient) throws -> ReportedStream? {
    try client.get("/v1/status", as: DaemonStatus.self).clients.first {
      $0.pid == Programs.identity && $0.direction == .capture && $0.running
    }.map {
      ReportedStream(
        start: StreamStart(deviceFrame: $0.startFrame, mediaFrame: $0.startMediaFrame),
        frames: $0.frames)
    }
  }

  private func summary(
    _ progress: Recorder.Progress, _ reference: TimeReference, _ rate: Int
  ) -> String {
    let seconds = Text.fixed(Double(progress.frames) / Double(rate), 3)
    let lost =
      progress.lostFrames == 0
      ? "" : ", of which \(Text.count(progress.lostFrames)) frames were lost and are silence"
    return Text.plain(
      "\(file): \(seconds) s\(lost); the first frame was at \(reference.date) \(reference.time) of the"
        + " media clock, frame \(reference.framesSinceMidnight) of that day")
  }
}

func refusal(_ reason: String, _ hint: String) -> ExitCode {
  complain(reason, hint: hint)
  return ExitCode(1)
}
