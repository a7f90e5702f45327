// SPDX-License-Identifier: MIT
internal import ArgumentParser
internal import Daemon
internal import DaemonConfiguration
internal import EventLog
internal import Logging

@main
struct Main: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "aes67d", abstract: "The AES67 virtual sound card.", version: Daemon.version)

  /// `EX_CONFIG` of `sysexits.h`: trying again will not help.
  private static let configurationIsWrong = ExitCode(78)

  @Option(
    name: .customLong("config"),
    help: "Configuration file (default: \(Options.defaultConfigurationFile)).",
    completion: .file(extensions: ["yaml"]))
  var configurationFile: String?

  @Option(help: "Name of this instance, if this host runs more than one.")
  var instance = ""

  @Option(help: "Network interface; overrides the configuration.")
  var interface: String?

  @Option(
    help: "Directory of the programs' socket and of status.json (default: /run/aes67[-INSTANCE]).",
    completion: .directory)
  var runtimeDirectory: String?

  @Option(
    help: "Directory of the saved state (default: /var/lib/aes67[-INSTANCE]).",
    completion: .directory)
  var stateDirectory: String?

  @Flag(help: "Check the configuration file and exit.")
  var check = false

  @Option(
    help: "Log level: trace, debug, info, notice, warning or error; overrides the configuration.",
    completion: .list(Logger.Level.allCases.map(\.rawValue)),
    transform: Self.level)
  var logLevel: Logger.Level?

  func validate() throws {
    let allowed = instance.allSatisfy {
      $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0))
    }
    guard allowed, !instance.hasPrefix("."), instance.utf8.count <= 32 else {
      throw ValidationError("--instance takes up to 32 letters, digits, -, _ and .")
    }
  }

  func run() async throws {
    let options = Options(
      configurationFile: configurationFile, instance: instance, interface: interface,
      runtimeDirectory: runtimeDirectory, stateDirectory: stateDirectory, logLevel: logLevel)
    let daemon: Daemon
    do {
      daemon = try Daemon(options)
    } catch {
      Logger.ofProgram(LogLevel(.error)).lastWords(configurationWrong: error)
      throw Self.configurationIsWrong
    }
    let configuration = daemon.configuration
    if check {
      if let error = UnreceivableStreams(configuration) {
        Logger.ofProgram(LogLevel(.error)).lastWords(configurationWrong: error)
        throw Self.configurationIsWrong
      }
      print(
        "The configuration is valid:  \(Self.count(configuration.senders.count, "sender")),"
          + " \(Self.count(configuration.receivers.count, "receiver")).")
      return
    }
    let level = LogLevel(
      logLevel ?? Logger.Level(rawValue: configuration.log.level.rawValue) ?? .info)
    let log = Logger.ofProgram(level)
    do {
      try await daemon.run(log: log, level: level)
    } catch {
      log.lastWords(failed: error)
      throw ExitCode.failure
    }
  }

  private static func count(_ count: Int, _ noun: String) -> String {
    "\(count) \(noun)\(count == 1 ? "" : "s")"
  }

  private static func level(_ text: String) throws -> Logger.Level {
    guard let level = Logger.Level(rawValue: text) else {
      throw ValidationError("use trace, debug, info, notice, warning or error")
    }
    return level
  }
}

/// Receivers whose descriptions have no receivable stream. The daemon starts all the same, and their status
/// reports it.
private struct UnreceivableStreams: Error, CustomStringConvertible {
  let description: String

  /// Nil if there are none.
  init?(_ configuration: Configuration) {
    let problems = configuration.receivers.compactMap { receiver in
      receiver.subscription?.problem.map { "receiver \"\(receiver.name)\": \($0)" }
    }
    guard !problems.isEmpty else { return nil }
    description = problems.joined(separator: "\n")
  }
}
