// SPDX-License-Identifier: MIT
package import ControlAPI
package import DaemonConfiguration
package import LinuxIO
package import Logging
internal import ServiceLifecycle
package import Session

/// Announces our senders, collects the sessions of others, and lets receivers follow them.
package final class SessionService: Service, Sendable {
  /// The clock of our streams; nil while PTP is off or has elected no grandmaster.
  package typealias GrandmasterSource = @Sendable () -> FollowedClock?
  /// Takes all known sessions soon after a change; nil when discovery has ended.
  package typealias StatusSink = @Sendable (SessionsStatus?) -> Void

  private let configuration: Configuration
  private let streams: any AnnouncedStreams
  private let grandmaster: GrandmasterSource
  private let store: any StateStorage
  private let publish: StatusSink
  private let assignNumber: @Sendable (UInt8?) -> Void
  private let log: Logger
  private let snapshot = SessionSnapshot()
  private let thread: WakeableThread

  /// - Parameter assignNumber: takes the number of this host in the layout once it is determined, and nil if
  ///   another host has it; must not wait.
  /// - Throws: the kernel's refusal of a descriptor.
  package init(
    _ configuration: Configuration, streams: any AnnouncedStreams,
    grandmaster: @escaping GrandmasterSource, store: any StateStorage,
    publish: @escaping StatusSink, assignNumber: @escaping @Sendable (UInt8?) -> Void, log: Logger
  ) throws(SystemError) {
    self.configuration = configuration
    self.streams = streams
    self.grandmaster = grandmaster
    self.store = store
    self.publish = publish
    self.assignNumber = assignNumber
    self.log = log
    thread = try WakeableThread(name: "sessions")
  }

  /// All announced sessions, including ours.
  package var status: SessionsStatus { snapshot.status }

  /// The description of a sender as it will be announced soon, without its final version. Nil for a sender that
  /// is not announced.
  package func description(of id: StreamID, _ sender: SenderConfiguration) -> String? {
    snapshot.description(of: id, sender)
  }

  /// Applies `configuration`, with the next check of the streams, within a fifth of a second.
  package func apply(_ configuration: Configuration) { snapshot.apply(configuration) }

  package func run() async throws {
    let loop = Owned(
      SessionLoop(
        configuration, streams, grandmaster, store, snapshot, publish: publish,
        assignNumber: assignNumber, log))
    try thread.start { thread in
      var loop = loop.value
      loop.run(on: thread)
    }
    try? await gracefulShutdown()
    thread.stop()
    publish(nil)
  }
}
