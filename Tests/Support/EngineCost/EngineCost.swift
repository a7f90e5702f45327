// SPDX-License-Identifier: MIT
import Glibc
import MediaClock
import RTP
import RealTime
import StreamEngine
import StreamEngineBench

/// Measures the cost of a packet in the receive engine without the kernel, and the share of the statistics.
///
/// There are eight streams of eight channels. Both measurements run in a loop, so that caches are warmer than
/// in the daemon, whose thread sleeps between packets: compare them only with each other. The output has one
/// line for each packet time: its frames, and the nanoseconds of the engine and of the statistics.
///
/// With arguments, the program only does the work, for a tool that counts instructions: `EngineCost
/// sending|receiving MICROSECONDS STREAMS ROUNDS`, and `EngineCost metering sound|silence ROUNDS` on all
/// channels, where a round is 50 ms.
@main
struct EngineCost {
  static let streams = 8
  static let channels = 8
  static let rounds: Int64 = 10_000

  static func main() {
    let words = CommandLine.arguments.dropFirst()
    guard words.isEmpty else { return work(Array(words)) }
    for packetTime in [PacketTime.ms1, .us250, .us125] {
      var engine = EngineRun(packetTime.frames, streams: streams)
      var statistics = StatisticsRun(packetTime.frames)
      var costs: (engine: [Double], statistics: [Double]) = ([], [])
      for _ in 0..<11 {  // In turns, under the same conditions.
        costs.engine.append(nanosecondsAPacket { engine.run(rounds) })
        costs.statistics.append(nanosecondsAPacket { statistics.run() })
      }
      print(packetTime.frames, costs.engine.sorted()[5], costs.statistics.sorted()[5])
    }
  }

  static func work(_ words: [String]) {
    let numbers = words.dropFirst().compactMap { Int($0) }
    if words[0] == "metering", words.count == 3, let rounds = numbers.first {
      var run = MeteringRun(isSound: words[1] == "sound")
      return run.run(Int64(rounds))
    }
    guard numbers.count == 3, let packetTime = PacketTime(microseconds: Int64(numbers[0])) else {
      fatalError("EngineCost sending|receiving MICROSECONDS STREAMS ROUNDS")
    }
    switch words[0] {
    case "sending":
      var run = SendingRun(packetTime, streams: numbers[1])
      run.run(Int64(numbers[2]))
    case "receiving":
      var run = EngineRun(packetTime.frames, streams: numbers[1])
      run.run(Int64(numbers[2]))
    default: fatalError("a direction is sending or receiving")
    }
  }

  static func nanosecondsAPacket(_ work: () -> Void) -> Double {
    let begin = spent()
    work()
    return Double(spent() - begin) / Double(rounds * Int64(streams))
  }

  /// The processor time of this process, in nanoseconds.
  static func spent() -> Int64 {
    var time = timespec()
    unsafe clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }
}

/// Packets of all streams, as the receive thread passes them to the engine.
struct EngineRun {
  private let bench = EngineBench()
  private let frames: Int
  private var packets: [[UInt8]]
  private var count: Int64 = 0

  init(_ frames: Int, streams: Int) {
    self.frames = frames
    let bytes = RTPHeader.size + frames * EngineCost.channels * 3
    packets = (0..<streams).map { _ in (0..<bytes).map { UInt8($0 & 0xFF) } }
    for index in 0..<streams {
      bench.startReceiver(
        index, channels: EngineCost.channels, firstChannel: index * EngineCost.channels,
        automatic: OffsetBounds(minimum: 2, maximum: 6))
    }
  }

  mutating func run(_ rounds: Int64) {
    for _ in 0..<rounds {
      let sampled = DeviceFrame(count * Int64(frames))
      bench.set(sampled + Int64(frames))
      bench.receive.advance(to: bench.instant(of: bench.now))
      let timestamp = RTPTimestamp(EngineBench.mediaOffset.media(sampled), offset: 0)
      for index in packets.indices {
        do {
          var span = packets[index].mutableSpan
          var bytes = unsafe span.mutableBytes
          RTPHeader(
            payloadType: 98, sequence: SequenceNumber(UInt16(truncatingIfNeeded: count)),
            timestamp: timestamp, ssrc: 1
          ).write(into: &bytes)
        }
        unsafe packets[index].withUnsafeBytes { packet in
          unsafe bench.receive.receive(packet.bytes, from: EngineBench.source, receiver: index)
        }
      }
      bench.receive.publish()
      count += 1
    }
    precondition(
      unsafe bench.receiverCounters.pointee.inTime.count == UInt64(count), "not all came in time")
  }
}

/// The same number of packets in the statistics alone.
@safe
struct StatisticsRun {
  private let frames: Int
  private let bench = EngineBench()
  // Safety: allocated here, and valid as long as the process runs.
  private let statistics: UnsafeMutablePointer<ReceiverStatistics>
  private var count: Int64 = 0

  init(_ frames: Int) {
    self.frames = frames
    unsafe statistics = .allocate(capacity: EngineCost.streams)
    for index in 0..<EngineCost.streams {
      unsafe (statistics + index).initialize(to: ReceiverStatistics(bench.receiverCounters + index))
    }
  }

  mutating func run() {
    for _ in 0..<EngineCost.rounds {
      var note = PacketNote()
      note.arrival = DeviceFrame((count + 1) * Int64(frames))
      note.sequence = UInt16(truncatingIfNeeded: count)
      note.frames = UInt16(frames)
      let outcome = PacketOutcome(
        margin: 144 + count & 15, transit: Int64(frames) + count & 15)
      for index in 0..<EngineCost.streams {
        unsafe statistics[index].note(note, outcome)
      }
      count += 1
    }
    precondition(
      unsafe bench.receiverCounters.pointee.inTime.count == UInt64(count), "not all were counted")
  }
}
