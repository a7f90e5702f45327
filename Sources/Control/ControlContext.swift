// SPDX-License-Identifier: MIT
package import ControlAPI
package import EventLog

/// What the routes may ask of the rest of the daemon, and nothing more.
package struct ControlContext: Sendable {
  let status: @Sendable () -> DaemonStatus
  let streams: any ControlledStreams
  let sessions: @Sendable () -> SessionsStatus
  let manager: any ControlledConfiguration
  let logLevel: LogLevel
  let feed = EventFeed()

  package init(
    status: @escaping @Sendable () -> DaemonStatus, streams: any ControlledStreams,
    sessions: @escaping @Sendable () -> SessionsStatus, manager: any ControlledConfiguration,
    logLevel: LogLevel
  ) {
    self.status = status
    self.streams = streams
    self.sessions = sessions
    self.manager = manager
    self.logLevel = logLevel
  }
}
