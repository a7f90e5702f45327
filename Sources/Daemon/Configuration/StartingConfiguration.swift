// SPDX-License-Identifier: MIT
internal import DaemonConfiguration
internal import EventLog
internal import Logging

/// What the daemon starts with: the file, and what overrides it.
struct StartingConfiguration: Sendable {
  let sources: ConfigurationSources
  /// With the settings that override the file's; its streams are the file's.
  let configuration: Configuration
  var overrides: Overrides
  let senders: [(id: StreamID, configuration: SenderConfiguration)]
  let receivers: [(id: StreamID, configuration: ReceiverConfiguration)]

  /// - Parameter configuration: the file's alone, which has been checked. It holds where the overrides do not
  ///   fit any more.
  init(
    _ sources: ConfigurationSources, _ configuration: Configuration, store: StateStore, log: Logger
  ) {
    var overrides =
      store.load(Overrides.subject, version: Overrides.formVersion, as: Overrides.self)
      ?? store.load(Choices.subject, version: Choices.formVersion, as: Choices.self)
      .map(Overrides.init) ?? Overrides()
    var effective = configuration
    do throws(ConfigurationError) {
      effective = try sources.configuration(overriding: overrides.settings)
    } catch {
      log.record(
        .overridesRefused,
        "settings made at run time are left out, and the file alone holds: \(error)",
        [.reason: "\(error)"])
      overrides.settings = [:]
    }
    overrides.follow(effective)
    let (senders, senderProblems) = overrides.senders(of: effective)
    let (receivers, receiverProblems) = overrides.receivers(of: effective)
    for problem in senderProblems + receiverProblems {
      log.record(
        .overridesRefused, "a stream is not as it was set at run time: \(problem)",
        [.reason: problem])
    }
    self.sources = sources
    self.configuration = effective
    self.overrides = overrides
    self.senders = senders
    self.receivers = receivers
  }
}
