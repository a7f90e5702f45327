// SPDX-License-Identifier: MIT
internal import Clocking
internal import Control
internal import ControlAPI
internal import DaemonConfiguration
internal import Discovery
internal import LinuxIO
internal import Media

// A target that needs another one declares a protocol; the conformances are here.

extension StreamService: AnnouncedStreams {}
extension StateStore: StateStorage {}

/// The readings that the control API shows.
struct StatusReader: StatusOperations {
  private let measure: @Sendable () -> DaemonStatus
  private let readings: StatusReadings
  private let streams: StreamService
  private let sessionService: SessionService
  private let past: ClockPast
  private let clock: PTPReport

  init(
    measuring: @escaping @Sendable () -> DaemonStatus, readings: StatusReadings,
    streams: StreamService,
    sessions: SessionService, past: ClockPast, clock: PTPReport
  ) {
    self.past = past
    self.clock = clock
    measure = measuring
    self.readings = readings
    self.streams = streams
    sessionService = sessions
  }

  func status() -> DaemonStatus { measure() }
  func readStatus() -> DaemonStatus { readings.read() }
  var lastStatus: DaemonStatus { readings.last }

  func sender(_ selector: StreamSelector) throws(OperationError) -> SenderStatus {
    let (id, _) = try selector.find(among: streams.senders, "sender")
    guard let status = streams.senderStatus(id) else { throw .gone(selector) }
    return status
  }

  func receiver(_ selector: StreamSelector) throws(OperationError) -> ReceiverStatus {
    let (id, _) = try selector.find(among: streams.receivers, "receiver")
    guard let status = streams.receiverStatus(id) else { throw .gone(selector) }
    return status
  }

  func description(of selector: StreamSelector) throws(OperationError) -> String {
    let (_, sender) = try selector.find(among: streams.senders, "sender")
    guard let text = sessions.description(ofSender: sender.name) else {
      throw .notAnnounced(sender.name)
    }
    return text
  }

  func receivedDescription(of selector: StreamSelector) throws(OperationError) -> String {
    let (_, receiver) = try selector.find(among: streams.receivers, "receiver")
    guard let text = sessions.description(of: receiver) else {
      throw OperationError(
        .conflict, "receiver \"\(receiver.name)\" has no session description",
        hint: "PUT one here, or receive a session that is announced")
    }
    return text
  }

  func interfaces() throws(OperationError) -> [InterfaceStatus] {
    let used = streams.interface()?.interface.index
    do throws(SystemError) {
      return try NetworkInterfaces.list().map { interface in
        InterfaceStatus(
          interface, speed: NetworkInterfaces.linkSpeed(interface.name), used: used)
      }
    } catch {
      throw OperationError(.unavailable, "the interfaces cannot be listed: \(error)", hint: "")
    }
  }

  var sessions: SessionsStatus { sessionService.status }
  var measurements: StreamMeasurements { streams.measurements() }

  func senderMeasurement(
    _ selector: StreamSelector
  ) throws(OperationError) -> SenderMeasurement {
    let (id, _) = try selector.find(among: streams.senders, "sender")
    guard let measurement = streams.measurement(ofSender: id) else { throw .gone(selector) }
    return measurement
  }

  func receiverMeasurement(
    _ selector: StreamSelector
  ) throws(OperationError) -> ReceiverMeasurement {
    let (id, _) = try selector.find(among: streams.receivers, "receiver")
    guard let measurement = streams.measurement(ofReceiver: id) else { throw .gone(selector) }
    return measurement
  }

  func alarms(after number: UInt64) -> [Alarm] { streams.alarms(after: number) }
  func glitches(after number: UInt64) -> [GlitchEvent] { streams.glitches(after: number) }
  var meters: MeterSnapshot { streams.levels }

  func clockHistory(seconds: Int) -> ClockHistoryReport {
    // The status is read once a second otherwise, and a change would be shown that much later.
    _ = readings.read()
    return past.report(seconds: seconds)
  }

  var clocks: ClocksReport { clock.clocks(at: MonotonicClock.now) }
  func check(sdp: String) -> SDPCheckReport { SDPCheckReport(checking: sdp) }

  func senderAttributes(
    _ selector: StreamSelector
  ) throws(OperationError) -> [AttributeStatus] {
    AttributeStatus.all(of: try selector.find(among: streams.senders, "sender").1)
  }

  func receiverAttributes(
    _ selector: StreamSelector
  ) throws(OperationError) -> [AttributeStatus] {
    AttributeStatus.all(of: try selector.find(among: streams.receivers, "receiver").1)
  }

  var unixMilliseconds: Int64 { UnixTime.milliseconds }
}

extension AttributeStatus {
  /// The attributes of a stream in the order of the file, without those that it does not have.
  fileprivate static func all<Stream: StreamConfiguration>(of stream: Stream) -> [Self] {
    let keys = stream.keys
    return Stream.attributes.map(\.description).compactMap { attribute in
      keys[attribute.key].map {
        AttributeStatus(
          key: attribute.key, value: $0, expected: attribute.type.expected,
          summary: attribute.summary)
      }
    }
  }
}

extension StreamSelector {
  /// The selected stream with its configuration.
  func find<Stream: StreamConfiguration>(
    among streams: [(id: StreamID, configuration: Stream)], _ kind: String
  ) throws(OperationError) -> (StreamID, Stream) {
    let found = streams.first { stream in
      switch self {
      case .id(let id): stream.id == id
      case .name(let name): stream.configuration.name == name
      }
    }
    guard let found else {
      throw .unknown(kind, description, among: streams.map(\.configuration.name))
    }
    return (found.id, found.configuration)
  }
}

extension OperationError {
  /// The refusal for a stream that has been removed in the meantime.
  static func gone(_ selector: StreamSelector) -> OperationError {
    OperationError(
      .unknown, "stream \(selector) has been removed in the meantime",
      hint: "aes67 stats lists the streams")
  }
}
