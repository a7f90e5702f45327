// SPDX-License-Identifier: MIT
internal import ArgumentParser
internal import ControlAPI
internal import ControlClient
internal import LinuxIO

/// `aes67 sdp`: prints the description of a sender, for devices that are configured with one by hand; or the
/// mistakes in one.
struct Describe: Verb {
  static let configuration = CommandConfiguration(
    commandName: "sdp",
    abstract: "Prints the SDP of a sender of this host, or checks an SDP file.",
    discussion: """
      Examples:
        aes67 sdp "Stage left"
        aes67 sdp "Stage left" > stage.sdp
        aes67 sdp --check stage.sdp
      """)

  @OptionGroup var connection: Connection
  @Argument(help: "The sender's name, or # and its id.", completion: .senders) var name: String?
  @Option(help: "SDP file to check line by line instead; - is standard input.")
  var check: String?

  func validate() throws {
    guard (name == nil) != (check == nil) else {
      throw ValidationError("name a sender, or a file with --check")
    }
  }

  func perform(_ client: ControlClient) throws {
    if let check { return try report(on: check, client) }
    guard let name else { return }
    let text = String(
      decoding: try client.get(SenderKind.path(name) + "/sdp") as [UInt8], as: UTF8.self)
    // A file gets the lines as they are announced; a screen does not need their carriage returns.
    guard Terminal.isOutput else { return Terminal.write(text) }
    for line in text.split(whereSeparator: \.isNewline) { print(Text.plain(String(line))) }
  }

  /// Prints the streams of a file and its mistakes; the exit status is 1 if it cannot be received.
  private func report(on file: String, _ client: ControlClient) throws {
    let report = try client.send(
      "POST", "/v1/sdp/check", SDPCheckRequest(sdp: try FileFailure.read(file)),
      as: SDPCheckReport.self)
    for problem in report.problems {
      let place = problem.line > 0 ? "\(file):\(problem.line)" : file
      print(Text.plain("\(place): \(problem.sentence)"))
    }
    for stream in report.streams {
      print(
        Text.plain(
          "\(stream.name): \(stream.channels) channels, \(stream.encoding)/\(stream.rate), "
            + "\(stream.address):\(stream.port): "
            + (stream.verdict.receivable ? "receivable" : stream.verdict.sentence)))
    }
    if !report.receivable { throw ExitCode(1) }
  }
}
