// SPDX-License-Identifier: MIT
internal import ControlAPI
internal import DaemonConfiguration
internal import EventLog
internal import Logging
internal import Media
internal import Notation

/// Holds the configuration in force and changes it while streams play: the only place through which settings
/// and streams change.
///
/// The file belongs to the administrator, and is only read. Changes at run time override it, and are saved by
/// the state store with the change itself. Only differences are applied: a stream that is the same before and
/// after does not lose a sample.
actor ConfigurationManager {
  /// The parts of the daemon that the configuration affects. Each applies the settings that concern it, and
  /// ignores unchanged ones.
  struct Users: Sendable {
    let streams: StreamService
    let sessions: @Sendable () -> SessionsStatus
    /// The description of a sender by its present configuration, which is announced a moment later; nil for
    /// none.
    let description: @Sendable (StreamID, SenderConfiguration) -> String?
    /// Applies settings to everything else that can change while the daemon runs.
    let apply: @Sendable (Configuration) -> Void
  }

  let options: Options
  let users: Users
  let store: StateStore
  private let log: Logger
  private let executor = OperationsExecutor()
  private(set) var sources: ConfigurationSources
  /// The file's configuration with the overriding settings; its streams are the file's.
  private(set) var configuration: Configuration
  private(set) var overrides: Overrides
  private(set) var history: ChangeHistory
  /// True if the overrides survive a restart as they are.
  private(set) var isKept = true
  /// The configuration at the start of the daemon, with which settings that need a restart are compared.
  let started: Configuration

  nonisolated var unownedExecutor: UnownedSerialExecutor {
    unsafe executor.asUnownedSerialExecutor()
  }
  var streams: StreamService { users.streams }

  init(
    _ start: StartingConfiguration, options: Options, users: Users, store: StateStore, log: Logger
  ) {
    self.options = options
    self.users = users
    self.store = store
    self.log = log
    sources = start.sources
    configuration = start.configuration
    started = start.configuration
    overrides = start.overrides
    history =
      store.load(ChangeHistory.subject, version: ChangeHistory.formVersion, as: ChangeHistory.self)
      ?? ChangeHistory()
  }

  var report: ConfigurationReport {
    ConfigurationReport(
      file: sources.file, profile: configuration.profile, profiles: options.profiles.names,
      smallestPeriodFrames: Int(configuration.device.minimumPeriod), settings: overrides.settings,
      senders: overrides.senders.overriddenNames(configuration.senders),
      receivers: overrides.receivers.overriddenNames(configuration.receivers))
  }

  // MARK: Settings

  /// Reads the file again, with all files that it names, and applies the differences.
  ///
  /// - Throws: `ConfigurationError` if it has a mistake; nothing has changed then.
  func reload() throws(ConfigurationError) -> ReloadReport {
    do throws(ConfigurationError) {
      let read = try ConfigurationSources(options)
      let report = try replace(overrides, sources: read, isUndoable: false)
      let changes = report.applied.isEmpty ? "no changes" : report.applied.joined(separator: ", ")
      log.record(.reloaded, "the configuration was read again: \(changes)\(Self.later(report))")
      return report
    } catch {
      log.record(
        .reloadRefused, "the configuration was not changed: \(error.shortDescription)",
        [.reason: error.shortDescription])
      throw error
    }
  }

  /// Sets values that override the file's, by keys such as `network.interface`. The file is not read.
  func override(_ settings: [String: String]) throws(ConfigurationError) -> ReloadReport {
    var next = overrides
    next.settings.merge(settings) { $1 }
    return try replaceAndTell(next)
  }

  /// Drops all changes made at run time: only the file remains, as it was last read.
  func reset() throws(ConfigurationError) -> ReloadReport {
    var next = overrides
    next.reset()
    return try replaceAndTell(next, as: "all changes dropped")
  }

  /// - Parameter event: the event for the log and for undo; nil if the changes describe it.
  func replaceAndTell(
    _ next: Overrides, as event: String? = nil
  ) throws(ConfigurationError) -> ReloadReport {
    let report = try replace(next, sources: sources, as: event)
    if !report.applied.isEmpty || !report.needsRestart.isEmpty {
      let changes = report.applied.joined(separator: ", ")
      log.record(
        .reloaded, "\(event ?? "settings were changed"): \(changes)\(Self.later(report))")
    }
    return report
  }

  private static func later(_ report: ReloadReport) -> String {
    report.needsRestart.isEmpty
      ? "" : "; takes effect after a restart: \(report.needsRestart.joined(separator: ", "))"
  }

  // MARK: Undoing

  /// Restores the state before the last change at run time; nil if there is none.
  func undoLast() throws(ConfigurationError) -> UndoReport? {
    guard let (change, before) = history.last else { return nil }
    let next = before.restored(after: overrides)
    let report = try replace(next, sources: sources, isUndoable: false)
    history.removeLast()
    keepHistory()
    log.record(.reloaded, "undone: \(change.text)")
    return UndoReport(
      undone: change, applied: report.applied, needsRestart: report.needsRestart,
      kept: report.kept, left: history.changes.count)
  }

  /// Saves the history, without the oldest changes if it is too long.
  private func keepHistory() {
    while !history.changes.isEmpty,
      !store.canKeep(version: ChangeHistory.formVersion, history)
    {
      history.removeOldest()
    }
    store.save(ChangeHistory.subject, version: ChangeHistory.formVersion, history)
  }

  private func replace(
    _ next: Overrides, sources: ConfigurationSources, as event: String? = nil,
    isUndoable: Bool = true
  ) throws(ConfigurationError) -> ReloadReport {
    try requireRoom(for: next)
    var new = try sources.configuration(overriding: next.settings, configuration.assignment)
    let old = configuration
    if new.layoutChoice != old.layoutChoice {
      new.assign(old.assignment.undecided(likely: old.likelyHostNumber))
    }
    let before = overrides
    self.sources = sources
    overrides = next
    overrides.follow(new.likely)
    configuration = new
    users.apply(new)
    var report = ReloadReport(profile: new.profile)
    let changed = new.changedKeys(from: old)
    report.applied = changed.filter { !Self.needsRestart($0) }.map { "\($0) changed" }
    if new.profile != old.profile { report.applied.insert("profile changed", at: 0) }
    let streams = applyStreams()
    report.applied += streams.done
    report.refused = streams.refused
    report.needsRestart = new.changedKeys(from: started).filter(Self.needsRestart)
    keep(since: before, as: event, isUndoable: isUndoable)
    report.kept = isKept
    return report
  }

  private static func needsRestart(_ key: String) -> Bool {
    ConfigurationSection.attribute(key)?.effect == .restart
  }

  /// Adapts the streams to the configuration and the overrides.
  ///
  /// - Returns: the changes that were made, and those that were refused with the reason.
  private func applyStreams() -> (done: [String], refused: [String]) {
    let (senders, senderProblems) = overrides.senders(of: configuration)
    let (receivers, receiverProblems) = overrides.receivers(of: configuration)
    log.record(refusedStreams: senderProblems + receiverProblems)
    let streams = streams
    let sending = StreamDifferences(from: streams.senders, to: senders).apply(
      add: { try streams.add($1, id: $0) }, change: { try streams.change($0, to: $1) },
      remove: { try streams.removeSender($0) })
    let receiving = StreamDifferences(from: streams.receivers, to: receivers).apply(
      add: { try streams.add($1, id: $0) }, change: { try streams.change($0, to: $1) },
      remove: { try streams.removeReceiver($0) })
    let refused =
      sending.refused.map { "sender \($0)" } + receiving.refused.map { "receiver \($0)" }
    for line in refused.firstFew { log.error("\(line)") }
    let done = sending.done.map { "sender \($0)" } + receiving.done.map { "receiver \($0)" }
    return (done, refused)
  }

  /// Sets the number of this host for the layout's streams; nil while there is none, and they wait.
  func assign(_ number: UInt8?) {
    guard configuration.assignment.number != number else { return }
    let before = overrides
    var assignment = configuration.assignment
    assignment.number = number
    if let number { assignment.likelyNumber = number }
    configuration.assign(assignment)
    overrides.follow(configuration.likely)
    _ = applyStreams()
    keep(since: before, isUndoable: false)
  }

  // MARK: Streams

  /// Performs a change of streams and saves it; undoes it if the saved state could not be read again.
  func change<Answer>(
    _ body: (Configuration, inout Overrides) throws -> Answer
  ) throws -> Answer {
    let before = overrides
    let answer = try body(configuration, &overrides)
    do throws(ConfigurationError) {
      try requireRoom(for: overrides)
    } catch {
      overrides = before.restored(after: overrides)
      _ = applyStreams()
      throw error
    }
    keep(since: before)
    return answer
  }

  private func requireRoom(for next: Overrides) throws(ConfigurationError) {
    guard store.canKeep(version: Overrides.formVersion, next) else {
      throw ConfigurationError(
        file: "overrides", key: "",
        "the changes made at run time are too long to be saved, more than 1 MiB; remove streams, or"
          + " move them to the configuration file")
    }
  }

  private func keep(since before: Overrides, as event: String? = nil, isUndoable: Bool = true) {
    guard overrides != before || !isKept else { return }
    if isUndoable {
      let former = history
      history.add(
        from: before, to: overrides, as: event, unixSeconds: UnixTime.milliseconds / 1000)
      if history != former { keepHistory() }
    }
    isKept = store.save(Overrides.subject, version: Overrides.formVersion, overrides)
  }
}
