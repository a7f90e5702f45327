// SPDX-License-Identifier: MIT
internal import ControlAPI
internal import Logging
internal import Synchronization

/// Keeps the configuration in force, and replaces it while streams play.
///
/// Only what differs is touched: a stream that is the same before and after does not lose a sample. What
/// cannot change while the daemon runs is named, and waits for a restart.
final class ConfigurationKeeper: Sendable {
  private struct State {
    var configuration: Configuration
    /// A profile chosen at run time stands before the file's.
    var chosen: String?
  }

  private let options: Options
  private let streams: StreamService
  private let device: DeviceMemory
  private let logLevel: LogLevel
  private let log: Logger
  private let state: Mutex<State>

  init(
    _ options: Options, _ configuration: Configuration, streams: StreamService,
    device: DeviceMemory, logLevel: LogLevel, log: Logger
  ) {
    self.options = options
    self.streams = streams
    self.device = device
    self.logLevel = logLevel
    self.log = log
    state = Mutex(State(configuration: configuration))
  }

  /// In force now.
  var configuration: Configuration { state.withLock { $0.configuration } }

  var report: ConfigurationReport {
    let configuration = configuration
    return ConfigurationReport(
      file: options.file, profile: configuration.profile, profiles: options.shelf.names,
      smallestPeriodFrames: Int(configuration.device.minimumPeriod))
  }

  /// Reads the file again, and applies what changed.
  ///
  /// - Parameter profile: Instead of the one that is in force; nil for that.
  /// - Throws: `ConfigurationError` when it is wrong; then nothing has changed.
  func reload(choosing profile: String? = nil) throws -> ReloadReport {
    do {
      let report = try state.withLock { state in
        let chosen = profile ?? state.chosen
        let new = try Daemon.configuration(options, profile: chosen)
        let report = apply(state.configuration, new)
        state = State(configuration: new, chosen: chosen)
        return report
      }
      let changes = report.applied.isEmpty ? "nothing" : report.applied.joined(separator: ", ")
      let later =
        report.needsRestart.isEmpty
        ? "" : "; restart for \(report.needsRestart.joined(separator: ", "))"
      log.tell(.reloaded, "the configuration was read again: \(changes) changed\(later)")
      return report
    } catch {
      log.tell(
        .reloadRefused, "the configuration stays as it is: \(error)", [.reason: "\(error)"])
      throw error
    }
  }

  private func apply(_ old: Configuration, _ new: Configuration) -> ReloadReport {
    var report = ReloadReport(profile: new.profile)
    report.applied += change(
      "sender", old.senders, new.senders, now: streams.senders,
      add: { try streams.add($0) }, change: { try streams.change($0, to: $1) },
      remove: { try streams.removeSender($0) })
    report.applied += change(
      "receiver", old.receivers, new.receivers, now: streams.receivers,
      add: { try streams.add($0) }, change: { try streams.change($0, to: $1) },
      remove: { try streams.removeReceiver($0) })
    if old.logLevel != new.logLevel, options.logLevel == nil {
      logLevel.level = new.logLevel
      report.applied.append("log.level")
    }
    if old.device.minimumPeriod != new.device.minimumPeriod {
      device.publish(minimumPeriod: new.device.minimumPeriod)
      report.applied.append("device.minimum-period")
    }
    report.needsRestart = Self.fixed(old, new)
    return report
  }

  /// What differs and is read only at the start.
  private static func fixed(_ old: Configuration, _ new: Configuration) -> [String] {
    let sections: [(String, Bool)] = [
      ("network", old.network == new.network), ("ptp", old.networkClock == new.networkClock),
      ("streams.max-lateness", old.maxLateness == new.maxLateness),
      ("clock", old.clock == new.clock), ("real-time", old.realTime == new.realTime),
      ("device.socket-group", old.device.socketGroup == new.device.socketGroup),
      ("device.reflect", old.device.reflects == new.device.reflects),
      ("control", old.control == new.control),
    ]
    return sections.filter { !$0.1 }.map(\.0)
  }

  /// Makes the streams of one direction what the file now says. Those that came at run time stay, and of
  /// the file's own what the file does not change.
  private func change<Stream: NamedStream>(
    _ kind: String, _ old: [Stream], _ new: [Stream], now: [(id: StreamID, configuration: Stream)],
    add: (Stream) throws -> Void, change: (StreamID, Stream) throws -> Void,
    remove: (StreamID) throws -> Void
  ) -> [String] {
    var before: [String: Stream] = [:]
    for stream in old { before[stream.name] = stream }
    var after: [String: Stream] = [:]
    for stream in new { after[stream.name] = stream }
    var done: [String] = []
    func attempt(_ name: String, _ what: String, _ body: () throws -> Void) -> Bool {
      do {
        try body()
        done.append("\(kind) \(name) \(what)")
        return true
      } catch {
        return false
      }
    }
    for (id, stream) in now where before[stream.name] != nil && after[stream.name] == nil {
      _ = attempt(stream.name, "removed") { try remove(id) }
    }
    // Twice: one may be in the way of another until that has changed, too.
    var left = new.filter { before[$0.name] != $0 }
    for _ in 0..<2 {
      left = left.filter { stream in
        guard let known = now.first(where: { $0.configuration.name == stream.name }) else {
          return !attempt(stream.name, "added") { try add(stream) }
        }
        return !attempt(stream.name, "changed") { try change(known.id, stream) }
      }
    }
    for stream in left {
      log.error("\(kind) \(stream.name) of the configuration cannot be beside the others")
    }
    return done
  }
}

/// A stream of the file, known by its name.
protocol NamedStream: Equatable {
  var name: String { get }
}

extension SenderConfiguration: NamedStream {}
extension ReceiverConfiguration: NamedStream {}
