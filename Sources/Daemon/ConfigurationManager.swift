// SPDX-License-Identifier: MIT
package import ControlAPI
package import DaemonConfiguration
internal import Device
internal import EventLog
internal import Logging
internal import Media
internal import Synchronization

/// Keeps the configuration in force, and replaces it while streams play.
///
/// The file is the administrator's, and only read. What is chosen at run time stands before it and is kept
/// by the state store. Only what differs is touched: a stream that is the same before and after does not
/// lose a sample. What cannot change while the daemon runs is named, and waits for a restart.
package final class ConfigurationManager: Sendable {
  private struct State {
    /// The file's, with the chosen settings before it; its streams are the file's.
    var configuration: Configuration
    var choices: Choices
  }

  private let options: Options
  private let streams: StreamService
  private let device: DeviceMemory
  private let store: StateStore
  private let logLevel: LogLevel
  private let log: Logger
  private let state: Mutex<State>
  /// The network and the clock as the daemon started with them: only a restart changes those.
  private let started: Configuration

  init(
    _ options: Options, _ configuration: Configuration, _ choices: Choices, streams: StreamService,
    device: DeviceMemory, store: StateStore, logLevel: LogLevel, log: Logger
  ) {
    self.options = options
    self.streams = streams
    self.device = device
    self.store = store
    self.logLevel = logLevel
    self.log = log
    started = configuration
    state = Mutex(State(configuration: configuration, choices: choices))
  }

  /// In force now.
  package var configuration: Configuration { state.withLock { $0.configuration } }

  package var report: ConfigurationReport {
    let (configuration, choices) = state.withLock { ($0.configuration, $0.choices) }
    return ConfigurationReport(
      file: options.file, profile: configuration.profile, profiles: options.shelf.names,
      smallestPeriodFrames: Int(configuration.device.minimumPeriod), settings: choices.settings,
      senders: choices.senders.names, receivers: choices.receivers.names)
  }

  /// Reads the file again, and applies what changed.
  ///
  /// - Parameter settings: Chosen from now on, besides what was.
  /// - Throws: `ConfigurationError` when it is wrong; then nothing has changed.
  package func reload(choosing settings: [String: String] = [:]) throws -> ReloadReport {
    try replace { choices in choices.settings.merge(settings) { $1 } }
  }

  /// Forgets what was chosen: the file alone holds.
  package func reset() throws -> ReloadReport {
    try replace(everyStream: true) { $0 = Choices() }
  }

  /// Keeps what streams there are now, after one of them was changed.
  package func persistStreams() {
    state.withLock { state in
      let before = state.choices
      noteStreams(&state)
      guard state.choices != before else { return }
      store.save(Choices.subject, version: Choices.formVersion, state.choices)
    }
  }

  private func noteStreams(_ state: inout State) {
    state.choices.senders = Choices.Streams(
      from: state.configuration.senders, to: streams.senders.map(\.configuration))
    state.choices.receivers = Choices.Streams(
      from: state.configuration.receivers, to: streams.receivers.map(\.configuration))
  }

  /// - Parameter everyStream: also those that were changed at run time become what the file says.
  private func replace(
    everyStream: Bool = false, _ choose: (inout Choices) -> Void
  ) throws -> ReloadReport {
    do {
      let report = try state.withLock { state in
        var choices = state.choices
        choose(&choices)
        let new = try Daemon.configuration(options, settings: choices.settings)
        var old = state.configuration
        if everyStream {
          old.senders = streams.senders.map(\.configuration)
          old.receivers = streams.receivers.map(\.configuration)
        }
        let report = apply(old, new)
        let before = state.choices
        state = State(configuration: new, choices: choices)
        noteStreams(&state)
        if state.choices != before {
          store.save(Choices.subject, version: Choices.formVersion, state.choices)
        }
        return report
      }
      let changes = report.applied.isEmpty ? "nothing" : report.applied.joined(separator: ", ")
      let later =
        report.needsRestart.isEmpty
        ? "" : "; restart for \(report.needsRestart.joined(separator: ", "))"
      log.record(.reloaded, "the configuration was read again: \(changes) changed\(later)")
      return report
    } catch {
      log.record(
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
    report.needsRestart = Self.fixed(started, new)
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
