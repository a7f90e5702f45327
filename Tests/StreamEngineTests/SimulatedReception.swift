// SPDX-License-Identifier: MIT
import MediaClock
import RTP
import SeededRandom
import StreamEngine
import StreamEngineBench

/// The receive thread with simulated sockets, timer and clock, in rounds as `ReceiveLoop` makes them. Times
/// are nanoseconds since device frame 0 began.
final class SimulatedReception {
  let bench = EngineBench()
  /// True if the thread waits for all sockets all the time, without moderation.
  var isUnmoderated = false
  /// The longest time from an event until the thread runs, in nanoseconds.
  var longestLatency: Int64 = 0
  private(set) var wakeUps = 0
  private(set) var timerWakeUps = 0
  private(set) var changes = 0

  private var random = SeededGenerator(seed: 18)
  private var sockets = [[SimulatedPacket]](repeating: [], count: 64)
  private var filled: UInt64 = 0
  private var reported = UInt64.max
  private var timer = LookTimer()
  private var now: Int64 = 0
  private var rounds = 0
  /// The packets under way, in the order of their arrival.
  private var packets: [SimulatedPacket] = []

  /// Advances the time to `end` while the packets under way and those in `sent` arrive.
  func run(_ sent: [SimulatedPacket], until end: Int64) {
    packets = (packets + sent).sorted { $0.arrival < $1.arrival }
    var next = 0
    /// Puts the packets that have arrived by `time` into their sockets.
    func deliver(by time: Int64) {
      while next < packets.count, packets[next].arrival <= time {
        sockets[packets[next].place].append(packets[next])
        filled |= 1 << UInt64(packets[next].place)
        next += 1
      }
    }
    while true {
      deliver(by: now)
      let hasSlept = filled & reported == 0
      if hasSlept {
        var wake = min(end, now + 5_000_000)
        if let timer = timer.end { wake = min(wake, max(now, timer.nanoseconds - 1_000_000_000)) }
        while next < packets.count, packets[next].arrival <= wake, filled & reported == 0 {
          deliver(by: packets[next].arrival)
          if filled & reported != 0 { wake = packets[next - 1].arrival }
        }
        guard wake < end else { break }
        now = wake + (longestLatency > 0 ? .random(in: 0...longestLatency, using: &random) : 0)
        deliver(by: now)
        wakeUps += 1
      }
      guard now < end else { break }
      round(hasSlept: hasSlept)
      // The duration of a round.
      now += 5_000
    }
    now = end
    deliver(by: end)
    packets.removeFirst(next)
  }

  private func round(hasSlept: Bool) {
    let instant = MonotonicInstant(nanoseconds: 1_000_000_000 + now)
    bench.receive.advance(to: instant)
    let isTimer = timer.end.map { $0 <= instant } ?? false
    if isTimer {
      timer.runOut()
      timerWakeUps += 1
    }
    let isUsual = hasSlept && !isTimer && rounds & 63 != 0
    var asked = bench.receive.askable(ready: filled & reported, isTimer: isTimer)
    while asked != 0 {
      let place = asked.trailingZeroBitCount
      asked &= asked - 1
      for packet in sockets[place].prefix(isUsual ? 1 : 64) {
        bench.receive.receive(
          unsafe packet.bytes.span.bytes, from: packet.source, receiver: place)
      }
      sockets[place].removeFirst(min(sockets[place].count, isUsual ? 1 : 64))
      if sockets[place].isEmpty { filled &= ~(1 << UInt64(place)) }
    }
    bench.receive.publish()
    rounds += 1
    let wanted = isUnmoderated ? .max : bench.receive.waited | ~bench.receive.present
    changes += (wanted ^ reported).nonzeroBitCount
    reported = wanted
    _ = timer.set(
      look: bench.receive.nextLook, limit: isUnmoderated ? nil : bench.receive.nextGuard,
      packetTime: bench.receive.shortestPacketTime, at: instant)
  }

  /// The number of sockets that the thread waits for.
  var waited: Int { bench.receive.waited.nonzeroBitCount }

  func counts(_ place: Int) -> Counts {
    unsafe Counts(UnsafePointer(bench.receiverCounters + place))
  }
}

struct SimulatedPacket {
  var arrival: Int64
  var place: Int
  var source: PacketSource
  var bytes: [UInt8]
}

/// A host that sends the streams of several receivers together, one after the other.
struct SimulatedHost {
  var number: UInt32 = 1
  /// The receivers of its streams, in the order in which it sends.
  var places: [Int]
  var frames: Int64 = 12
  /// The time from sampling to the departure of the first packet, and between the packets, in nanoseconds.
  var phase: Int64 = 20_000
  var spacing: Int64 = 8_000
  /// The greatest additional delay of a packet in nanoseconds, and the number of packets in a thousand that
  /// are lost.
  var jitter: Int64 = 0
  var loss = 0

  /// The packets that were sampled between two device frames.
  func packets(_ range: Range<Int64>, _ random: inout SeededGenerator) -> [SimulatedPacket] {
    var packets: [SimulatedPacket] = []
    var number = (range.lowerBound + frames - 1) / frames
    while (number + 1) * frames <= range.upperBound {
      let sampled = number * frames
      for (index, place) in places.enumerated() {
        let delay = jitter > 0 ? Int64.random(in: 0...jitter, using: &random) : 0
        if loss > 0, Int.random(in: 0..<1_000, using: &random) < loss { continue }
        let left = (sampled + frames) * 1_000_000_000 / 48_000 + phase + Int64(index) * spacing
        packets.append(
          SimulatedPacket(
            arrival: left + delay, place: place,
            source: PacketSource(address: 0x0A00_0000 + self.number, port: 5_004),
            bytes: bytes(number, sampled, place)))
      }
      number += 1
    }
    return packets
  }

  private func bytes(_ number: Int64, _ sampled: Int64, _ place: Int) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: 12 + 3 * Int(frames))
    var span = bytes.mutableSpan
    var raw = unsafe span.mutableBytes
    RTPHeader(
      payloadType: 98, sequence: SequenceNumber(UInt16(truncatingIfNeeded: number)),
      timestamp: RTPTimestamp(EngineBench.mediaOffset.media(DeviceFrame(sampled)), offset: 0),
      ssrc: UInt32(place)
    ).write(into: &raw)
    return bytes
  }
}
