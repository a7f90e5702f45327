// SPDX-License-Identifier: MIT
package import ControlAPI
package import DaemonConfiguration

/// The stream of a request.
package enum StreamSelector: Equatable, Sendable, CustomStringConvertible {
  case id(StreamID)
  case name(String)

  package var description: String {
    switch self {
    case .id(let id): "with id \(id)"
    case .name(let name): "\"\(name)\""
    }
  }
}

/// The readings of the daemon: each route calls one of these and returns its result.
package protocol StatusOperations: Sendable {
  /// The status, with the level of each stream.
  func status() -> DaemonStatus
  /// Reads the status again, without the levels. Levels are the most expensive part.
  func readStatus() -> DaemonStatus
  /// The status that was read last, without levels, at most half a second old: the daemon reads it several times a second
  /// for its status file.
  var lastStatus: DaemonStatus { get }
  func sender(_ selector: StreamSelector) throws(OperationError) -> SenderStatus
  func receiver(_ selector: StreamSelector) throws(OperationError) -> ReceiverStatus
  /// The SDP of a sender as it is announced.
  func description(of selector: StreamSelector) throws(OperationError) -> String
  /// The SDP of the stream that a receiver receives.
  func receivedDescription(of selector: StreamSelector) throws(OperationError) -> String
  /// The network interfaces of this host, in the order of their index.
  func interfaces() throws(OperationError) -> [InterfaceStatus]
  var sessions: SessionsStatus { get }
  var measurements: StreamMeasurements { get }
  func senderMeasurement(_ selector: StreamSelector) throws(OperationError) -> SenderMeasurement
  func receiverMeasurement(
    _ selector: StreamSelector
  ) throws(OperationError) -> ReceiverMeasurement
  func alarms(after number: UInt64) -> [Alarm]
  func glitches(after number: UInt64) -> [GlitchEvent]
  var meters: MeterSnapshot { get }
  /// The clocks on the network, the best first.
  var clocks: ClocksReport { get }
  /// The history of the clock over the last seconds.
  func clockHistory(seconds: Int) -> ClockHistoryReport
  /// The attributes of a sender or receiver, with their values.
  func senderAttributes(_ selector: StreamSelector) throws(OperationError) -> [AttributeStatus]
  func receiverAttributes(_ selector: StreamSelector) throws(OperationError) -> [AttributeStatus]
  /// The streams that an SDP text describes, and its mistakes.
  func check(sdp: String) -> SDPCheckReport
  /// The present time.
  var unixMilliseconds: Int64 { get }
}

/// Adds, changes and removes streams. A request has the keys of the configuration file; attributes that it does
/// not have keep their values, or take the defaults.
package protocol StreamOperations: Sendable {
  func addSender(_ request: Node) async throws(OperationError) -> SenderStatus
  func changeSender(
    _ selector: StreamSelector, _ request: Node
  ) async throws(OperationError) -> SenderStatus
  /// Changes a sender by an edited text of its SDP.
  func describeSender(
    _ selector: StreamSelector, sdp text: String
  ) async throws(OperationError) -> SenderStatus
  /// - Returns: false if the change does not survive a restart.
  func removeSender(_ selector: StreamSelector) async throws(OperationError) -> Bool
  /// - Parameter replacing: true to remove receivers that fill the same device channels.
  func addReceiver(
    _ request: Node, replacing: Bool
  ) async throws(OperationError) -> ReceiverStatus
  func changeReceiver(
    _ selector: StreamSelector, _ request: Node, replacing: Bool
  ) async throws(OperationError) -> ReceiverStatus
  /// Makes a receiver receive the stream that an SDP text describes.
  func describeReceiver(
    _ selector: StreamSelector, sdp text: String, replacing: Bool
  ) async throws(OperationError) -> ReceiverStatus
  /// - Returns: false if the change does not survive a restart.
  func removeReceiver(_ selector: StreamSelector) async throws(OperationError) -> Bool
}

/// Streams and settings that are saved under names.
package protocol PresetOperations: Sendable {
  func presets() async throws(OperationError) -> [PresetStatus]
  /// Saves the present streams and settings; a preset of that name is replaced.
  func savePreset(_ name: String) async throws(OperationError) -> PresetStatus
  /// Restores the streams and settings of a preset, in one change.
  func loadPreset(_ name: String) async throws(OperationError) -> ReloadReport
  func deletePreset(_ name: String) async throws(OperationError)
}

/// The configuration: the file, and its overrides.
package protocol ConfigurationOperations: Sendable {
  func configurationReport() async -> ConfigurationReport
  /// Overrides values of the file, by keys such as `network.interface`; the file is not read again.
  ///
  /// - Parameter forcing: true to accept an interface that does not exist.
  func set(
    _ settings: [String: String], forcing: Bool
  ) async throws(OperationError) -> ReloadReport
  /// Every key with its value in force and the origin of the value, in the order of the file.
  func settings() async -> [SettingStatus]
  /// Drops the overrides of some keys.
  func unset(_ keys: [String]) async throws(OperationError) -> ReloadReport
  /// Drops all overrides.
  func resetConfiguration() async throws(OperationError) -> ReloadReport
  /// The changes that can be undone, the latest first.
  func undoableChanges() async -> [UndoableChange]
  /// Restores the state before the last change.
  func undo() async throws(OperationError) -> UndoReport
  /// Reads the file again.
  func reloadConfiguration() async throws(OperationError) -> ReloadReport
}
