// SPDX-License-Identifier: MIT
internal import ControlAPI

/// What the routes may ask of the rest of the daemon, and nothing more.
struct ControlDesk: Sendable {
  let status: @Sendable () -> DaemonStatus
  let streams: StreamService
  let sessions: SessionService
  let keeper: ConfigurationKeeper
  let logLevel: LogLevel
  let feed = EventFeed()
}
