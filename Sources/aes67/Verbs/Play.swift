// SPDX-License-Identifier: MIT
internal import ArgumentParser
internal import ControlAPI
internal import ControlClient
internal import LinuxIO

/// `aes67 play`: plays a file through the ALSA device, into selected channels.
///
/// The command opens the file and becomes `aplay`, which plays it like any program: the daemon never sees it.
struct Play: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Plays a WAV file into channels of the device.",
    discussion: """
      ALSA converts the rate and format of the file if they differ from the device's.

      Examples:
        aes67 play song.wav
        aes67 play song.wav --to 3
      """)

  @Argument(help: "WAV file to play.", completion: .file(extensions: ["wav"]))
  var path: String?

  @Option(help: ArgumentHelp("The same.", visibility: .hidden))
  var file: String?

  @Option(help: "First device channel, counted from 1.", transform: number)
  var to = 1

  @Option(help: "ALSA device.")
  var device = "aes67"

  @Option(
    help: "Name of the daemon instance, if this host runs more than one.", completion: .instances)
  var instance = ""

  func validate() throws {
    guard (path == nil) != (file == nil) else { throw ValidationError("name one WAV file") }
    guard (1...64).contains(to) else { throw ValidationError("--to takes a channel from 1 to 64") }
    guard instance.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || "-_".contains($0)) })
    else { throw ValidationError("--instance takes letters, digits, - and _") }
  }

  func run() throws {
    let file = path ?? file ?? ""
    let header: WaveHeader
    do throws(SystemError) {
      header = try WaveHeader(of: Files.readStart(of: file, bytes: 65_536)) ?? .none
    } catch {
      complain("\(error)", hint: "name a WAV file")
      throw FileFailure.exitCode
    }
    guard header.channels > 0 else {
      complain("\(file) is not a WAV file", hint: "convert it: ffmpeg -i \(file) song.wav")
      throw FileFailure.exitCode
    }
    guard to + header.channels - 1 <= 64 else {
      complain(
        "\(header.channels) channels starting at channel \(to) do not fit",
        hint: "the device has 64 channels: choose a lower --to")
      throw ExitCode(1)
    }
    var name = "\(device):CH=\(header.channels),FIRST=\(to)"
    if !instance.isEmpty { name += ",INSTANCE=\(instance)" }
    // Without a buffer, which would be lost when this program becomes another.
    let last = to + header.channels - 1
    let into = last == to ? "channel \(to)" : "channels \(to)\u{2013}\(last)"
    Terminal.write(
      "\(file): \(header.channels == 1 ? "1 channel" : "\(header.channels) channels") of \(header.rate) Hz"
        + " into \(into)\n")
    do throws(SystemError) {
      try Programs.become("aplay", ["-q", "-D", "plug:'\(name)'", "--", file])
    } catch {
      complain("\(error)", hint: "apt-get install alsa-utils")
      throw ExitCode(1)
    }
  }
}

/// The header of a WAV file.
struct WaveHeader: Equatable {
  var channels: Int
  var rate: Int

  static let none = WaveHeader(channels: 0, rate: 0)

  init(channels: Int, rate: Int) {
    self.channels = channels
    self.rate = rate
  }

  /// Nil if the bytes are not those of a WAV file, or have no chunk `fmt `.
  init?(of bytes: [UInt8]) {
    func number(_ start: Int, _ count: Int) -> Int {
      bytes[start..<start + count].reversed().reduce(0) { $0 << 8 | Int($1) }
    }
    func text(_ start: Int) -> String { String(decoding: bytes[start..<start + 4], as: UTF8.self) }
    guard bytes.count >= 12, text(0) == "RIFF" || text(0) == "RF64", text(8) == "WAVE" else {
      return nil
    }
    var place = 12
    while place + 24 <= bytes.count {
      if text(place) == "fmt " {
        self.init(channels: number(place + 10, 2), rate: number(place + 12, 4))
        return
      }
      let length = number(place + 4, 4)
      place += 8 + length + length % 2
    }
    return nil
  }
}
