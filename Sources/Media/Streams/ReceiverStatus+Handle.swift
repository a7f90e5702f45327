// SPDX-License-Identifier: MIT
internal import Addressing
internal import ControlAPI
internal import DaemonConfiguration
internal import LinuxIO
internal import MediaClock
internal import RTP
internal import RealTime
internal import StreamEngine
internal import StreamHealth

extension ReceiverHandle {
  /// Its present status.
  ///
  /// - Parameter levels: those of the capture channels; nil if they are not measured.
  func status(_ clock: DeviceClock, _ levels: [MeterSnapshot.Level]?) -> ReceiverStatus {
    let stream = effective
    let displaced = isDisplaced ? "its channels are filled by \(namesOfOthers)" : nil
    let causes = [health.shown.cause, note, displaced].compactMap(\.self).uniqued
    return unsafe ReceiverStatus(
      id: id.number, name: configuration.name, address: stream.address.description,
      port: stream.port, channels: stream.channels, firstChannel: stream.firstChannel,
      encoding: stream.encoding.name, linkOffsetFrames: linkOffset,
      state: health.shown.state, error: causes.isEmpty ? nil : causes.joined(separator: "; "),
      health: healthStatus(clock, levels),
      session: configuration.subscription?.name, map: stream.map?.numbers,
      yields: configuration.yields,
      yielded: yielded.map { YieldedChannels(channels: $0.channels.map { $0 + 1 }, to: $0.name) },
      packets: counters.pointee.packets, inTime: counters.pointee.inTime.count,
      late: counters.pointee.late.count, early: counters.pointee.early.count,
      duplicate: counters.pointee.duplicate.count, foreign: counters.pointee.foreign.count,
      malformed: counters.pointee.malformed.count,
      reordered: counters.pointee.reordered.count, lost: counters.pointee.lost.count,
      resyncs: counters.pointee.resyncs.count,
      ssrc: UInt32(truncatingIfNeeded: counters.pointee.ssrc.count),
      timing: timing)
  }

  private var namesOfOthers: String {
    yielded.map { "\"\($0.name)\"" }.joined(separator: ", ")
  }

  var timing: ReceiverTiming {
    let sixteenths = unsafe Int64(bitPattern: counters.pointee.jitter.count)
    return unsafe ReceiverTiming(
      isAutomatic: effective.automaticBounds != nil, group: effective.group,
      isUnsynchronised: counters.pointee.unsynchronised.count != 0,
      jitterMicroseconds: sixteenths * 1_000_000 / (DeviceFormat.rate.hertz * 16),
      linkOffsetChanges: counters.pointee.linkOffsetChanges.count,
      ssrcChanges: counters.pointee.ssrcChanges.count,
      concealed: counters.pointee.concealed.count,
      rateOffsetPartsPerMillion: Self.rateOffset(counters.pointee.rate.count),
      resyncCauses: ResyncCauses(
        sequence: counters.pointee.sequenceResyncs.count,
        timestamps: counters.pointee.timestampResyncs.count,
        arrival: counters.pointee.arrivalResyncs.count, clock: counters.pointee.clockResyncs.count),
      irregularTimestamps: counters.pointee.irregularTimestamps.count,
      irregularSequences: counters.pointee.irregularSequences.count,
      burstMicroseconds: Self.known(counters.pointee.burst.count).map {
        $0 * 1_000_000 / DeviceFormat.rate.hertz
      },
      neededLinkOffsetFrames: Self.known(counters.pointee.neededOffset.count),
      sharesWakeUp: counters.pointee.sharesWakeUp.count != 0)
  }

  /// The value; nil for 0, which means none.
  private static func known(_ frames: UInt64) -> Int64? { frames == 0 ? nil : Int64(frames) }

  /// The offset in millionths, rounded to a hundredth; nil for 0, which means none.
  private static func rateOffset(_ rate: UInt64) -> Double? {
    rate == 0 ? nil : Double((Int64(bitPattern: rate) - 1_000_000_000) / 10) / 100
  }

  /// The arrivals of its packets.
  var measurement: ReceiverMeasurement {
    followLinkOffset()
    let counts = unsafe counters.pointee.arrivals.counts
    let sum = unsafe counters.pointee.arrivals.sum
    let before = arrivalsBefore.counts
    return ReceiverMeasurement(
      id: id.number, name: configuration.name, linkOffsetFrames: linkOffset,
      allowed: DeviceFormat.rate.frames(
        in: LinkOffset.minimum(effective.packetTime))...DeviceFormat.rate.frames(
          in: LinkOffset.maximum),
      arrivals: HistogramSnapshot(
        before.isEmpty ? counts : zip(counts, before).map { $0 - $1 }, unit: .frames),
      arrivalsSum: sum - arrivalsBefore.sum,
      recentArrivals: HistogramSnapshot(
        recentArrivals.recent(counts, at: MonotonicClock.now), unit: .frames))
  }
}

extension [String] {
  /// The elements without repetitions.
  fileprivate var uniqued: [String] {
    reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
  }
}
