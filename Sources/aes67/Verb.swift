// SPDX-License-Identifier: MIT
internal import ArgumentParser
internal import ControlAPI
internal import ControlClient
internal import JSONText
internal import LinuxIO

/// The daemon to connect to.
struct Connection: ParsableArguments {
  @Option(
    help: "Name of the daemon instance, if this host runs more than one.", completion: .instances)
  var instance = ""

  @Option(
    help: "Path of the daemon's control socket, instead of the instance's.", completion: .file())
  var socket: String?

  /// The runtime directory of the daemon, with its control socket and the panel's address.
  var directory: String {
    guard let socket else { return instance.isEmpty ? "/run/aes67" : "/run/aes67-\(instance)" }
    return socket.lastIndex(of: "/").map { String(socket[..<$0]) } ?? "."
  }

  /// The daemon's systemd unit.
  var unit: String { instance.isEmpty ? "aes67d" : "aes67d@\(instance)" }

  private var socketPath: String { socket ?? "\(directory)/control.sock" }

  /// The client for the shell's completion, for which the user waits while typing.
  var completionClient: ControlClient {
    ControlClient(socket: socketPath, timeoutMilliseconds: 500)
  }

  var client: ControlClient {
    ControlClient(
      socket: socketPath,
      notKept: { [unit] in
        complain(
          "the change is in force, but could not be saved: it is forgotten at the next restart",
          hint: "journalctl -u \(unit) says why")
      })
  }
}

/// A verb that sends requests to the daemon. A failure is reported in two lines and by the exit status.
protocol Verb: ParsableCommand {
  var connection: Connection { get }
  func perform(_ client: ControlClient) throws
}

extension Verb {
  func run() throws {
    do {
      try perform(connection.client)
    } catch let failure as ControlFailure {
      complain(failure.reason, hint: failure.hint)
      throw failure.exitCode
    } catch let failure as FileFailure {
      complain(failure.description, hint: "")
      throw FileFailure.exitCode
    }
  }
}

/// A file of the command line that cannot be read.
struct FileFailure: Error, CustomStringConvertible {
  let description: String
  /// `EX_NOINPUT` of `sysexits.h`.
  static let exitCode = ExitCode(66)

  /// The text of a file, which this command opens, never the daemon; `-` is standard input.
  static func read(_ path: String) throws(FileFailure) -> String {
    do throws(SystemError) {
      return try Files.read(path == "-" ? "/dev/stdin" : path, .any)
    } catch {
      throw FileFailure(description: "\(error)")
    }
  }
}

extension ControlFailure {
  /// The exit status by `sysexits.h`.
  var exitCode: ExitCode {
    switch self {
    case .noDaemon: ExitCode(69)
    case .notPermitted: ExitCode(77)
    case .timedOut: ExitCode(75)
    case .protocolError: ExitCode(76)
    case .system, .refused: ExitCode(1)
    }
  }
}

/// Reports a problem and its remedy on standard error.
func complain(_ reason: String, hint: String) {
  StandardError.write(
    "aes67: \(lines(reason))\n" + (hint.isEmpty ? "" : "       \(lines(hint))\n"))
}

/// The lines of a text, in characters that are safe in a terminal.
private func lines(_ text: String) -> String {
  text.split(separator: "\n").map { Text.plain(String($0)) }.joined(separator: "\n       ")
}

/// Prints a value as JSON, for programs.
func printJSON(_ value: some Encodable) throws {
  print(try JSONText.pretty(value), terminator: "")
}

/// A part of a path, in the characters that are allowed there (RFC 3986, 3.3).
func pathPart(_ text: String) -> String {
  text.utf8.map { byte in
    let character = Character(UnicodeScalar(byte))
    let isPlain =
      byte < 128 && (character.isLetter || character.isNumber || "-._~".contains(character))
    if isPlain { return String(character) }
    let digits = String(byte, radix: 16, uppercase: true)
    return "%" + (digits.utf8.count < 2 ? "0" : "") + digits
  }.joined()
}

/// The control API's paths of streams.
enum StreamPath {
  /// The path by the stream's name, or by its id if written as `#ID`.
  static func path(_ collection: String, _ name: String) -> String {
    let id = name.dropFirst()
    let isID = name.first == "#" && !id.isEmpty && id.allSatisfy { $0.isASCII && $0.isNumber }
    return isID ? "/v1/\(collection)/\(id)" : "/v1/\(collection)/by-name/\(pathPart(name))"
  }
}
