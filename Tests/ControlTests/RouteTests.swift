// SPDX-License-Identifier: MIT
import ControlAPI
import DaemonConfiguration
import EventLog
import HTTPTypes
import Hummingbird
import Logging
import Testing
import YAML

@testable import Control

/// The routes of the control API compared with its OpenAPI description.
@Suite struct RouteTests {
  @Test func everyRouteIsDescribedAndNothingElse() throws {
    let text = EmbeddedFile.openAPI.text
    let document = try #require(try Node(yaml: text))
    let described = (document["paths"]?.entries ?? []).flatMap { path in
      path.node.entries.map { "\($0.key) \(path.key)" }
    }
    let unused = UnusedDaemon()
    let router = ControlService.router(
      ControlContext(
        status: unused, streams: unused, configuration: unused, presets: unused,
        logLevel: LogLevel(.info)))
    let routes = router.routes.map { route in
      "\(route.method.rawValue.lowercased()) \(Self.path(route.path.description))"
    }
    #expect(Set(routes) == Set(described))
    #expect(routes.count == described.count)
  }

  /// The path in the notation of the description: `{id}` for the router's `:id` or `{id}`.
  private static func path(_ text: String) -> String {
    let parts = text.split(separator: "/").map { part in
      part.hasPrefix(":") ? "{\(part.dropFirst())}" : String(part)
    }
    return "/" + parts.joined(separator: "/")
  }
}

/// A daemon whose operations refuse or must not be called.
struct UnusedDaemon: StatusOperations, StreamOperations, ConfigurationOperations, PresetOperations {
  private func refusal() -> OperationError { OperationError(.unavailable, "unused", hint: "") }

  func status() -> DaemonStatus { preconditionFailure("not called by these tests") }
  func readStatus() -> DaemonStatus { preconditionFailure("not called by these tests") }
  var lastStatus: DaemonStatus { preconditionFailure("not called by these tests") }
  func sender(_ selector: StreamSelector) throws(OperationError) -> SenderStatus { throw refusal() }
  func receiver(_ selector: StreamSelector) throws(OperationError) -> ReceiverStatus {
    throw refusal()
  }
  func description(of selector: StreamSelector) throws(OperationError) -> String {
    throw refusal()
  }
  func receivedDescription(of selector: StreamSelector) throws(OperationError) -> String {
    throw refusal()
  }
  func interfaces() throws(OperationError) -> [InterfaceStatus] { throw refusal() }
  var sessions: SessionsStatus { SessionsStatus() }
  var measurements: StreamMeasurements { preconditionFailure("not called by these tests") }
  func senderMeasurement(
    _ selector: StreamSelector
  ) throws(OperationError) -> SenderMeasurement { throw refusal() }
  func receiverMeasurement(
    _ selector: StreamSelector
  ) throws(OperationError) -> ReceiverMeasurement { throw refusal() }
  func alarms(after number: UInt64) -> [Alarm] { [] }
  func glitches(after number: UInt64) -> [GlitchEvent] { [] }
  var meters: MeterSnapshot { preconditionFailure("not called by these tests") }
  var unixMilliseconds: Int64 { 0 }
  func clockHistory(seconds: Int) -> ClockHistoryReport {
    preconditionFailure("not called by these tests")
  }
  var clocks: ClocksReport { ClocksReport() }
  func check(sdp: String) -> SDPCheckReport { preconditionFailure("not called by these tests") }
  func senderAttributes(
    _ selector: StreamSelector
  ) throws(OperationError) -> [AttributeStatus] { throw refusal() }
  func receiverAttributes(
    _ selector: StreamSelector
  ) throws(OperationError) -> [AttributeStatus] { throw refusal() }

  func addSender(_ request: Node) throws(OperationError) -> SenderStatus { throw refusal() }
  func changeSender(
    _ selector: StreamSelector, _ request: Node
  ) throws(OperationError) -> SenderStatus { throw refusal() }
  func describeSender(
    _ selector: StreamSelector, sdp text: String
  ) throws(OperationError) -> SenderStatus { throw refusal() }
  func removeSender(_ selector: StreamSelector) throws(OperationError) -> Bool {
    throw refusal()
  }
  func addReceiver(
    _ request: Node, replacing: Bool
  ) throws(OperationError) -> ReceiverStatus { throw refusal() }
  func changeReceiver(
    _ selector: StreamSelector, _ request: Node, replacing: Bool
  ) throws(OperationError) -> ReceiverStatus { throw refusal() }
  func describeReceiver(
    _ selector: StreamSelector, sdp text: String, replacing: Bool
  ) throws(OperationError) -> ReceiverStatus { throw refusal() }
  func removeReceiver(_ selector: StreamSelector) throws(OperationError) -> Bool {
    throw refusal()
  }

  func configurationReport() -> ConfigurationReport {
    preconditionFailure("not called by these tests")
  }
  func set(
    _ settings: [String: String], forcing: Bool
  ) throws(OperationError) -> ReloadReport { throw refusal() }
  func presets() -> [PresetStatus] { [] }
  func savePreset(_ name: String) throws(OperationError) -> PresetStatus { throw refusal() }
  func loadPreset(_ name: String) throws(OperationError) -> ReloadReport { throw refusal() }
  func deletePreset(_ name: String) throws(OperationError) { throw refusal() }

  func settings() -> [SettingStatus] { [] }
  func unset(_ keys: [String]) throws(OperationError) -> ReloadReport { throw refusal() }
  func resetConfiguration() throws(OperationError) -> ReloadReport { throw refusal() }
  func reloadConfiguration() throws(OperationError) -> ReloadReport { throw refusal() }
  func undoableChanges() -> [UndoableChange] { [] }
  func undo() throws(OperationError) -> UndoReport { throw refusal() }
}
