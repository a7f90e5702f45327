// SPDX-License-Identifier: MIT
internal import Addressing
internal import ControlAPI
internal import DaemonConfiguration
internal import LinuxIO
internal import MediaClock
internal import RealTime
internal import StreamEngine
internal import StreamHealth

extension SenderHandle {
  /// Its present status.
  ///
  /// - Parameter levels: those of the playback channels; nil if they are not measured.
  func status(_ levels: [MeterSnapshot.Level]?) -> SenderStatus {
    let stream = configuration
    return unsafe SenderStatus(
      id: id.number, name: stream.name, address: stream.address.description,
      port: stream.port, channels: stream.channels, firstChannel: stream.firstChannel,
      packetTimeMicroseconds: stream.packetTime.microseconds, payloadType: stream.payloadType,
      ssrc: ssrc, state: health.shown.state, error: health.shown.cause,
      health: healthStatus(levels),
      packets: counters.pointee.sent,
      dropped: counters.pointee.dropped.count, sendErrors: counters.pointee.sendErrors.count,
      withheld: counters.pointee.withheld.count,
      receiverReports: reports?.heard ?? 0, map: stream.map?.numbers)
  }

  /// The departures of its packets.
  var measurement: SenderMeasurement {
    let counts = unsafe counters.pointee.departures.counts
    return SenderMeasurement(
      id: id.number, name: configuration.name,
      departures: HistogramSnapshot(counts, unit: .microseconds),
      departuresSum: unsafe counters.pointee.departures.sum,
      recentDepartures: HistogramSnapshot(
        recentDepartures.recent(counts, at: MonotonicClock.now), unit: .microseconds))
  }
}
