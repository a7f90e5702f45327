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
  private let log: Logger
  private let snapshot = SessionSnapshot()
  private let wakeUp: WakeUp

  /// - Throws: what the kernel refuses: a descriptor.
  package init(
    _ configuration: Configuration, streams: any AnnouncedStreams,
    grandmaster: @escaping GrandmasterSource, store: any StateStorage,
    publish: @escaping StatusSink, log: Logger
  ) throws(SystemError) {
    self.configuration = configuration
    self.streams = streams
    self.grandmaster = grandmaster
    self.store = store
    self.publish = publish
    self.log = log
    wakeUp = try WakeUp()
  }

  /// Every session that is announced, ours among them.
  package var status: SessionsStatus { snapshot.status }

  package func run() async throws {
    let loop = OwnedLoop(
      SessionLoop(
        configuration, streams, grandmaster, store, snapshot, publish: publish, log))
    let descriptor = wakeUp.descriptor
    let thread = try RealTimeThread(name: "sessions", priority: 0) {
      var loop = loop.loop
      loop.run(until: descriptor)
    }
    try? await gracefulShutdown()
    snapshot.stop()
    wakeUp.signal()
    thread.join()
    publish(nil)
  }

  /// Carries the loop into its thread.
  private struct OwnedLoop: Sendable {
    let loop: SessionLoop
    init(_ loop: SessionLoop) { self.loop = loop }
  }
}
