// SPDX-License-Identifier: MIT
internal import Addressing
internal import ControlAPI
internal import DaemonConfiguration
internal import LinuxIO
internal import MediaClock
internal import RealTime
internal import StreamEngine

extension SenderHandle {
  /// What it does at this moment.
  ///
  /// - Parameter path: the network that it uses.
  func status(on path: NetworkPath) -> SenderStatus {
    let stream = configuration
    let (state, reason) = lifecycle.shown(on: path, problem: problem)
    return unsafe SenderStatus(
      id: id.number, name: stream.name, address: stream.address.description,
      port: stream.port, channels: stream.channels, firstChannel: stream.firstChannel,
      packetTimeMicroseconds: stream.packetTime.microseconds, payloadType: stream.payloadType,
      ssrc: ssrc, state: state, error: reason ?? warning,
      packets: counters.pointee.sent,
      dropped: counters.pointee.dropped.count, sendErrors: counters.pointee.sendErrors.count,
      withheld: counters.pointee.withheld.count,
      receiverReports: reports?.heard ?? 0, map: stream.map?.numbers)
  }

  /// When packets left.
  var measurement: SenderMeasurement {
    unsafe SenderMeasurement(
      name: configuration.name,
      departures: HistogramSnapshot(counters.pointee.departures, unit: .microseconds))
  }
}
