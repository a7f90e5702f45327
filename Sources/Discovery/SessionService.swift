// SPDX-License-Identifier: MIT
package import ControlAPI
package import DaemonConfiguration
package import LinuxIO
package import Logging
internal import ServiceLifecycle
package import Session

/// Announces our senders, knows what others announce, and lets receivers follow that.
package final class SessionService: Service, Sendable {
  /// Whose time our streams carry; nil while PTP is off or has elected nobody.
  package typealias GrandmasterSource = @Sendable () -> FollowedClock?
  /// Takes every session that is known, soon after that has changed; nil when discovery has ended.
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

  /// - Parameter assignNumber: takes the number of this host in the layout when that is found out, and nil when it
  ///   is another host's; must not wait.
  /// - Throws: what the kernel refuses: a descriptor.
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

  /// Every session that is announced, ours among them.
  package var status: SessionsStatus { snapshot.status }

  /// The description of a sender as it will be announced soon; its version is not told. Nil for one that is not announced.
  package func description(of id: StreamID, _ sender: SenderConfiguration) -> String? {
    snapshot.description(of: id, sender)
  }

  /// Follows what `configuration` says from the next look at the streams on, within a fifth of a second.
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
