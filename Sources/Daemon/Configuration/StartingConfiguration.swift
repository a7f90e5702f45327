// SPDX-License-Identifier: MIT
internal import DaemonConfiguration
internal import Discovery
internal import EventLog
internal import LinuxIO
internal import Logging
internal import Notation

/// The configuration at the start of the daemon: the file, and its overrides.
struct StartingConfiguration: Sendable {
  let sources: ConfigurationSources
  /// The configuration with the settings that override the file's; its streams are the file's.
  let configuration: Configuration
  var overrides: Overrides
  let senders: [(id: StreamID, configuration: SenderConfiguration)]
  let receivers: [(id: StreamID, configuration: ReceiverConfiguration)]

  /// - Parameter configuration: the file's configuration, which has been checked. It applies if the overrides
  ///   no longer fit.
  init(
    _ sources: ConfigurationSources, _ configuration: Configuration, store: StateStore, log: Logger
  ) {
    var overrides =
      store.load(Overrides.subject, version: Overrides.formVersion, as: Overrides.self)
      ?? store.load(Choices.subject, version: Choices.formVersion, as: Choices.self)
      .map(Overrides.init) ?? Overrides()
    for refusal in overrides.dropForbiddenSettings() {
      log.record(
        .overridesRefused,
        "a setting made at run time is ignored: \(refusal.key) can only be set in the configuration file",
        [.reason: refusal.key])
    }
    let kept = store.load(
      KeptLayout.subject, version: KeptLayout.formVersion, as: KeptLayout.self)
    let assignment = LayoutAssignment(
      number: nil, likelyNumber: kept?.number ?? 1,
      name: LayoutAssignment.streamName(ofMachine: HostName.current))
    var effective = configuration.assigned(assignment)
    do throws(ConfigurationError) {
      effective = try sources.configuration(overriding: overrides.settings, assignment)
    } catch {
      log.record(
        .overridesRefused,
        "settings made at run time are ignored, and only the file applies: \(error.shortDescription)",
        [.reason: error.shortDescription])
      overrides.settings = [:]
    }
    overrides.follow(effective.likely)
    let (senders, senderProblems) = overrides.senders(of: effective)
    let (receivers, receiverProblems) = overrides.receivers(of: effective)
    log.record(refusedStreams: senderProblems + receiverProblems)
    self.sources = sources
    self.configuration = effective
    self.overrides = overrides
    self.senders = senders
    self.receivers = receivers
  }
}

extension Logger {
  /// Logs the streams that differ from their overrides: the first few, and the number of the others.
  func record(refusedStreams problems: [String]) {
    for problem in problems.firstFew {
      record(
        .overridesRefused, "a change of a stream made at run time cannot be applied: \(problem)",
        [.reason: problem])
    }
  }
}
