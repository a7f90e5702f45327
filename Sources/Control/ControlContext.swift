// SPDX-License-Identifier: MIT
package import EventLog

/// What the routes may ask of the rest of the daemon, and nothing more.
package struct ControlContext: Sendable {
  let status: any StatusOperations
  let streams: any StreamOperations
  let configuration: any ConfigurationOperations
  let logLevel: LogLevel
  let feed = EventFeed()

  package init(
    status: any StatusOperations, streams: any StreamOperations,
    configuration: any ConfigurationOperations, logLevel: LogLevel
  ) {
    self.status = status
    self.streams = streams
    self.configuration = configuration
    self.logLevel = logLevel
  }
}
