// SPDX-License-Identifier: MIT
internal import ControlAPI
internal import LinuxIO
internal import Logging
internal import ServiceLifecycle

/// Announces our senders, knows what others announce, and lets receivers follow that.
final class SessionService: Service, Sendable {
  private let configuration: Configuration
  private let streams: StreamService
  private let clock: PTPReport
  private let store: StateStore
  private let path: String
  private let log: Logger
  private let board = SessionBoard()
  private let wakeUp: WakeUp

  /// - Parameter path: of the file that tells of all sessions.
  init(
    _ configuration: Configuration, streams: StreamService, clock: PTPReport, store: StateStore,
    path: String, log: Logger
  ) throws(SystemError) {
    self.configuration = configuration
    self.streams = streams
    self.clock = clock
    self.store = store
    self.path = path
    self.log = log
    wakeUp = try WakeUp()
  }

  /// Every session that is announced, ours among them.
  var status: SessionsStatus { board.status }

  func run() async throws {
    let loop = LoopBox(
      SessionLoop(configuration, streams, clock, store, board, path: path, log))
    let descriptor = wakeUp.descriptor
    let thread = try RealTimeThread(name: "sessions", priority: 0) {
      var loop = loop.loop
      loop.run(until: descriptor)
    }
    try? await gracefulShutdown()
    board.stop()
    wakeUp.signal()
    thread.join()
    Files.remove(path)
  }

  /// Carries the loop into its thread.
  private struct LoopBox: Sendable {
    let loop: SessionLoop
    init(_ loop: SessionLoop) { self.loop = loop }
  }
}
