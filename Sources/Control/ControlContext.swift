// SPDX-License-Identifier: MIT
package import EventLog

/// What the routes may ask of the rest of the daemon, and nothing more.
package struct ControlContext: Sendable {
  let status: any StatusOperations
  let streams: any StreamOperations
  let configuration: any ConfigurationOperations
  let presets: any PresetOperations
  let logLevel: LogLevel
  let feed = EventFeed()
  let faults: FaultCounters

  package init(
    status: any StatusOperations, streams: any StreamOperations,
    configuration: any ConfigurationOperations, presets: any PresetOperations,
    logLevel: LogLevel
  ) {
    self.status = status
    self.streams = streams
    self.configuration = configuration
    self.presets = presets
    self.logLevel = logLevel
    faults = FaultCounters(since: status.unixMilliseconds)
  }
}
