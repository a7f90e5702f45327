// SPDX-License-Identifier: MIT
internal import Addressing
package import ControlAPI
package import DaemonConfiguration
internal import Device
internal import FoundationEssentials
internal import LinuxIO
internal import MediaClock
internal import RealTime
internal import StreamEngine
internal import Synchronization

extension HistogramSnapshot {
  /// - Parameter counts: the counts of all bins.
  init(_ counts: [UInt64], unit: Unit) {
    self.init(
      unit: unit,
      bins: counts.indices.filter { counts[$0] > 0 }.map { bin in
        let range = Histogram.range(bin)
        return Bin(from: range.lowerBound, through: range.upperBound, count: counts[bin])
      })
  }
}

extension Histogram {
  /// The counts of all bins. They are read while packets are counted, so that the bins may differ by a packet.
  var counts: [UInt64] { (0..<Histogram.binCount).map { count($0) } }
}

/// The last 256 glitches.
struct GlitchLog {
  private static let maximumEvents = 256

  private(set) var events: [GlitchEvent] = []
  private var count: UInt64 = 0

  /// Takes the records of the receive thread.
  ///
  /// - Parameter name: the name of the receiver at a place; nil if it has been removed.
  mutating func collect(
    _ queue: CommandQueue<GlitchRecord>, _ clock: DeviceClock, name: (Int) -> String?
  ) {
    while let record = queue.pop() {
      let age = MonotonicClock.now - clock.relation.instant(of: record.frame)
      let now = Int64(Date().timeIntervalSince1970 * 1000)
      let milliseconds = now - age.nanoseconds / 1_000_000
      count += 1
      events.append(
        GlitchEvent(
          record, number: count, receiver: name(record.receiver) ?? "removed",
          unixMilliseconds: milliseconds))
    }
    if events.count > Self.maximumEvents { events.removeFirst(events.count - Self.maximumEvents) }
  }
}

extension GlitchEvent {
  init(
    _ record: GlitchRecord, number: UInt64, receiver: String, unixMilliseconds: Int64
  ) {
    let kind: Kind =
      switch record.kind {
      case .late: .late
      case .lost: .lost
      case .resync: .resync
      case .gap: .gap
      }
    self.init(
      number: number, kind: kind, receiver: receiver, count: record.count,
      deviceFrame: record.frame.index, unixMilliseconds: unixMilliseconds,
      packets: (0..<record.noteCount).map { Packet(record.notes[$0]) })
  }
}

extension GlitchEvent.Packet {
  fileprivate init(_ note: PacketNote) {
    self.init(
      sequence: note.sequence, timestamp: note.timestamp, ssrc: note.ssrc,
      source: "\(IPv4Address(bits: note.address)):\(note.port)", frames: Int(note.frames),
      arrivalFrame: note.arrival.index, marginFrames: Int64(note.margin),
      verdict: "\(note.verdict)")
  }
}

extension StreamService {
  /// The histograms of all streams.
  package func measurements() -> StreamMeasurements {
    streams.withLock { table in
      StreamMeasurements(
        senders: table.senders.all.map(\.measurement),
        receivers: table.receivers.all.map(\.measurement))
    }
  }

  /// The histograms of one sender; nil if it has been removed.
  package func measurement(ofSender id: StreamID) -> SenderMeasurement? {
    streams.withLock { $0.senders.slots.find(id)?.measurement }
  }

  /// The histograms of one receiver; nil if it has been removed.
  package func measurement(ofReceiver id: StreamID) -> ReceiverMeasurement? {
    streams.withLock { $0.receivers.slots.find(id)?.measurement }
  }

  /// The last glitches, the oldest first.
  package func glitches(after number: UInt64) -> [GlitchEvent] {
    collectGlitches()
    return glitchLog.withLock { $0.events.filter { $0.number > number } }
  }

  func collectGlitches() {
    let names = streams.withLock { table in
      (0..<MediaMemory.streams).map { table.receivers.slots[$0]?.configuration.name }
    }
    glitchLog.withLock { $0.collect(memory.glitches, device.clock) { names[$0] } }
  }
}
