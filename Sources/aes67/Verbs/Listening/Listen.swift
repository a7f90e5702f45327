// SPDX-License-Identifier: MIT
internal import ArgumentParser
internal import ControlAPI
internal import ControlClient
internal import LinuxIO
internal import Listening
internal import MediaClock
internal import SoundDevice

/// `aes67 listen`: plays a session or received channels on a sound card of this host.
struct Listen: Verb {
  static let configuration = CommandConfiguration(
    abstract: "Plays a session, a receiver or received channels on a local sound card.",
    discussion: """
      Name a session that aes67 list shows, a receiver, or device channels such as 1-2 or 17,3. A session that \
      this host does not receive yet is received for as long as you listen. Audio is continuously resampled to \
      the card's clock, so that the delay stays constant for days. A single channel plays on both sides. Of more \
      than two channels the first two are played, unless --channels selects others. Playback ends after \
      --duration, or with Ctrl-C.

      Examples:
        aes67 listen "Stage left"
        aes67 listen "Stage left" --channels 2
        aes67 listen 17,18 --device default --duration 1s
      """)

  @OptionGroup var connection: Connection

  @Argument(
    help: ArgumentHelp("A session, a receiver, or device channels.", valueName: "what"),
    completion: .listenable)
  var source: String

  @Option(help: "ALSA device of the sound card (aplay -L lists them; PipeWire is default).")
  var device = "default"

  @Option(help: "Channels of it to play, such as 3,4, counted from 1.")
  var channels: String?

  @Option(
    help:
      "Audio in the card's buffer (default: 60ms): more for a busy host, less for a short delay.",
    transform: microseconds)
  var latency = 60_000

  @Option(
    help: "Duration, such as 90s, 10m or 2h (default: until Ctrl-C).",
    transform: RecordingDuration.init)
  var duration: RecordingDuration?

  @Flag(name: .shortAndLong, help: "Print nothing while playing.") var quiet = false

  func validate() throws {
    guard (10_000...500_000).contains(latency) else {
      throw ValidationError("--latency takes 10ms to 500ms")
    }
    if let channels, SelectedChannels.listed(channels) == nil {
      throw ValidationError("--channels \(channels): use channels such as 3,4 or 1-8")
    }
  }

  func perform(_ client: ControlClient) throws {
    Interruption.watch()
    let found = try ListenedSource.find(source, client)
    // However it ends, the subscription that was made for it is removed.
    defer { found.giveBack(client) }
    let selection = try chosen(of: found)
    do {
      try listen(to: selection)
    } catch let error as SoundDeviceError {
      throw refusal(
        "\(device): \(error)", "aplay -L lists the devices; --device chooses one of them")
    } catch let error as RateConverter.Failure {
      throw refusal("\(error)", "")
    }
  }

  /// The device channels to play.
  private func chosen(of source: ListenedSource) throws -> SelectedChannels {
    let all = source.selection
    guard let channels, let places = SelectedChannels.listed(channels) else {
      if all.numbers.count > 2, !quiet {
        Terminal.write(
          Text.plain(
            "\(all.description) has \(all.numbers.count) channels: the first two are played")
            + "\n")
      }
      return SelectedChannels(
        numbers: Array(all.numbers.prefix(2)), description: all.description)
    }
    guard let last = places.max(), last <= all.numbers.count else {
      throw refusal(
        "--channels \(channels): \(all.description) has \(all.numbers.count)",
        "they are counted from 1")
    }
    return SelectedChannels(
      numbers: places.map { all.numbers[$0 - 1] }, description: all.description)
  }

  private func listen(to selection: SelectedChannels) throws {
    let rate = Int(SampleRate.hz48000.hertz)
    let milliseconds = latency / 1_000
    // A single channel is played on both sides.
    let columns =
      selection.columns.count == 1 ? selection.columns + selection.columns : selection.columns
    let card = try PlaybackDevice(
      opening: device, channels: columns.count, rate: rate, fillMilliseconds: milliseconds)
    let capture = try CaptureDevice(
      opening: selection.deviceName(connection.instance), channels: selection.span.count,
      rate: rate, blockFrames: Listener.blockFrames)
    var listener = try Listener(
      from: capture, capturedChannels: selection.span.count, received: rate, columns: columns,
      to: card, fillMilliseconds: milliseconds)
    let length = duration.map { $0.frames(rate: rate) }
    var line = ProgressLine(isSilent: quiet, rate: rate)
    defer { line.end() }
    while !Interruption.isRequested, length.map({ listener.progress.frames < $0 }) ?? true {
      try listener.step()
      let progress = listener.progress
      line.show(progress.frames) {
        listener.takePeak()
      } more: {
        "  \(progress.dropouts) dropouts, \(Self.clock(progress))"
      }
    }
    line.end()
    print(Text.plain("\(selection.description): \(summary(listener.progress, rate))"))
  }

  private func summary(_ progress: Listener.Progress, _ rate: Int) -> String {
    let seconds = Text.fixed(Double(progress.frames) / Double(rate), 1)
    let dropouts =
      switch progress.dropouts {
      case 0: "no dropout"
      case 1: "1 dropout"
      default: "\(Text.count(progress.dropouts)) dropouts"
      }
    return "\(seconds) s on \(device), \(dropouts), \(Self.clock(progress))"
  }

  /// `the card's clock +12.3 ppm, delay 66 ms`.
  private static func clock(_ progress: Listener.Progress) -> String {
    let sign = progress.partsPerMillion < 0 ? "" : "+"
    let rate = "the card's clock \(sign)\(Text.fixed(progress.partsPerMillion, 1)) ppm"
    return rate + (progress.delaySeconds.map { ", delay \(Text.fixed($0 * 1_000, 0)) ms" } ?? "")
  }
}
