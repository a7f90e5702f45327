// SPDX-License-Identifier: MIT
package import EventLog

/// The parts of the daemon that the routes may use.
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
