// SPDX-License-Identifier: MIT
import CAllocationProbe
import Foundation
import MediaClock
import RTP
import RealTime
import SeededRandom
import StreamEngine
import StreamEngineBench
import Testing

/// A sender without a PTP clock, which sends a tone of 500 Hz by its own oscillator over a network with
/// jitter.
struct DriftingSender {
  /// The rate of the sender's clock against the device clock, in parts per million.
  let partsPerMillion: Double
  let frames: Int
  /// The greatest additional delay of a packet, in frames.
  var jitter: Int64 = 20
  private var random = SeededGenerator(seed: 47)
  private var count: Int64 = 0
  private var sequence: UInt16 = 65_000
  private var bytes: [UInt8]

  /// - Parameter frames: a multiple of 96, so that each packet begins with the same phase of the tone.
  init(partsPerMillion: Double, frames: Int = 192) {
    self.partsPerMillion = partsPerMillion
    self.frames = frames
    bytes = [UInt8](repeating: 0, count: 12)
    for frame in 0..<frames {
      let value = UInt32(bitPattern: SineSender.value(Int64(frame)))
      bytes += [UInt8(value >> 24), UInt8(value >> 16 & 255), UInt8(value >> 8 & 255)]
    }
  }

  /// Returns the device frame at which the next packet arrives, and the packet.
  mutating func next() -> (arrival: DeviceFrame, bytes: [UInt8]) {
    let end = Double((count + 1) * Int64(frames)) / (1 + partsPerMillion / 1e6)
    let maximum = jitter
    let delay = Int64.random(in: 0...maximum, using: &random)
    let arrival = DeviceFrame(1_000 + Int64(end) + delay)
    let number = SequenceNumber(sequence)
    let first = MediaFrame(count * Int64(frames))
    var span = bytes.mutableSpan
    var raw = unsafe span.mutableBytes
    RTPHeader(
      payloadType: 98, sequence: number,
      timestamp: RTPTimestamp(first, offset: 4_000_000_000), ssrc: 7
    ).write(into: &raw)
    sequence &+= 1
    count += 1
    return (arrival, bytes)
  }
}

@Suite("Unsynchronised senders")
struct DriftTests {
  private let bench = EngineBench()
  private var counters: ReceiverCounters {
    _read { yield unsafe bench.receiverCounters.pointee }
  }

  /// The greatest deviation of three adjacent samples from a tone of 500 Hz, in units of its peak.
  private func roughness(_ heard: [Int32]) -> Double {
    let turn = 2 * 0.9978589232386035  // cos(2 pi / 96)
    var worst = 0.0
    for index in 1..<heard.count - 1 {
      let rest = Double(heard[index - 1]) + Double(heard[index + 1]) - turn * Double(heard[index])
      worst = max(worst, rest.magnitude)
    }
    return worst / SineSender.amplitude
  }

  @Test(
    "A sender at 200 ppm plays for hours without underrun or overrun (CLK-05)",
    arguments: [-200.0, 200.0])
  func hours(partsPerMillion: Double) {
    // All 24 virtual hours take minutes in a release build: AES67_LONG=1.
    let isLong = ProcessInfo.processInfo.environment["AES67_LONG"] == "1"
    let packets = isLong ? 24 * 3_600 * 250 : 120 * 250
    bench.startReceiver(channels: 1, linkOffset: 480, alignment: .arrival)
    var sender = DriftingSender(partsPerMillion: partsPerMillion)
    var heardThrough = DeviceFrame(3_000)
    var worst = 0.0
    var (least, greatest) = (Int64.max, Int64.min)
    for step in 1...packets {
      let packet = sender.next()
      bench.set(packet.arrival)
      bench.deliver(packet.bytes)
      // Reads the frames behind the play head, as a program does, with an overlap of two frames.
      guard !isLong && step > 20 || step % 997 == 0 else { continue }
      if isLong { heardThrough = bench.now - 600 }
      let count = Int(bench.now - heardThrough)
      if count > 2 {
        worst = max(
          worst, roughness(bench.captured(0, from: heardThrough - 2, count: count + 2)))
        heardThrough = bench.now
      }
      guard step > 1_000 else { continue }
      let rate = Int64(counters.rate.count) - 1_000_000_000
      (least, greatest) = (min(least, rate), max(greatest, rate))
    }
    if isLong { print(packets, "packets, roughness", worst, "rate", least, "to", greatest, "ppb") }
    #expect(worst < 1e-4, "seed 47")
    #expect(unsafe Counts(bench.receiverCounters) == Counts(inTime: UInt64(packets)))
    let nominal = Int64(partsPerMillion * 1_000)
    #expect(least > nominal - 60_000 && greatest < nominal + 60_000)
    let settled = Int64(counters.rate.count) - 1_000_000_000
    #expect(abs(settled - nominal) < 5_000, "5 ppm")
  }

  @Test("A sender that drifts is resampled once the receiver has a resampler")
  func equippedLater() {
    bench.startReceiver(channels: 1, linkOffset: 480, alignment: .arrival, isEquipped: false)
    var sender = DriftingSender(partsPerMillion: 50)
    for step in 0..<10_000 {
      let packet = sender.next()
      bench.set(packet.arrival)
      bench.deliver(packet.bytes)
      if step == 4_999 {
        #expect(counters.unsynchronised.count == 1)
        #expect(counters.rate.count == 0)
        bench.equipReceiver(channels: 1)
      }
    }
    let rate = Int64(counters.rate.count) - 1_000_000_000
    #expect(abs(rate - 50_000) < 10_000, "10 ppm")
    #expect(unsafe Counts(bench.receiverCounters) == Counts(inTime: 10_000))
  }

  @Test("An unsynchronised sender with the same clock stays bit-exact for minutes")
  func synchronous() {
    bench.startReceiver(channels: 1, linkOffset: 480, alignment: .arrival)
    var sender = DriftingSender(partsPerMillion: 0)
    for step in 0..<30_000 as Range<Int64> {
      let packet = sender.next()
      bench.set(packet.arrival)
      if step == 5_000 { bench.rebase(MediaOffset(frames: 12_345_678)) }  // Has no effect.
      bench.deliver(packet.bytes)
    }
    #expect(counters.rate.count == 0)
    let heard = Set(bench.captured(0, from: bench.now - 192, count: 96))
    #expect(heard == Set((0..<96).map { SineSender.value($0) }))
    #expect(unsafe Counts(bench.receiverCounters) == Counts(inTime: 30_000))
  }

  @Test("A host that stalls now and then is not taken for drift")
  func stalls() {
    bench.startReceiver(channels: 1, linkOffset: 2_880, alignment: .arrival)
    var sender = DriftingSender(partsPerMillion: 0)
    var stalledUntil = DeviceFrame(0)
    for step in 0..<10_000 {
      let packet = sender.next()
      // Stalls of 40 ms twice a second, after each of which ten packets arrive at once.
      if step % 125 == 60 { stalledUntil = packet.arrival + 1_920 }
      bench.set(max(packet.arrival, stalledUntil))
      bench.deliver(packet.bytes)
      #expect(counters.rate.count == 0, "at packet \(step)")
    }
    #expect(unsafe Counts(bench.receiverCounters) == Counts(inTime: 10_000))
  }

  @Test("A lasting step of the network delay is not taken for drift")
  func steps() {
    bench.startReceiver(channels: 1, linkOffset: 960, alignment: .arrival)
    var sender = DriftingSender(partsPerMillion: 0)
    sender.jitter = 3
    let longer: [Int64] = [0, 8, 0, 30, 10, 10, 40, 0]
    for step in 0..<10_000 {
      let packet = sender.next()
      bench.set(packet.arrival + longer[step / 1_250])
      bench.deliver(packet.bytes)
      #expect(counters.rate.count == 0, "at packet \(step)")
    }
    #expect(unsafe Counts(bench.receiverCounters) == Counts(inTime: 10_000))
  }

  @Test(
    "A first packet that arrives late, or at once with others, is not taken for drift",
    arguments: [100, 400])
  func belated(first: Int64) {
    bench.startReceiver(channels: 1, linkOffset: 960, alignment: .arrival)
    var sender = DriftingSender(partsPerMillion: 0)
    sender.jitter = 3
    for step in 0..<2_000 {
      let packet = sender.next()
      bench.set(max(packet.arrival, DeviceFrame(1_192 + first)))
      bench.deliver(packet.bytes)
      #expect(counters.rate.count == 0, "at packet \(step)")
    }
    #expect(unsafe Counts(bench.receiverCounters) == Counts(inTime: 2_000))
  }

  @Test("A stream that begins with many old packets is moved to its link offset, once")
  func heap() {
    bench.startReceiver(channels: 1, linkOffset: 960, alignment: .arrival)
    var sender = DriftingSender(partsPerMillion: 0)
    sender.jitter = 3
    for step in 0..<2_000 {
      let packet = sender.next()
      bench.set(max(packet.arrival, DeviceFrame(1_192 + 4_800)))  // 100 ms of packets at once.
      bench.deliver(packet.bytes)
      #expect(counters.rate.count == 0, "at packet \(step)")
    }
    #expect(counters.resyncs.count == 0)
    #expect(counters.linkOffsetChanges.count == 1)
    // The stream is at its link offset again: the capture ring is silent beyond it.
    #expect(bench.captured(0, from: bench.now - 192, count: 96).contains { $0 != 0 })
    #expect(bench.captured(0, from: bench.now + 1_440, count: 96).allSatisfy { $0 == 0 })
  }

  @Test("Resampled streams: losses are bridged, reordered packets used, and long gaps silent")
  func impaired() {
    bench.startReceiver(channels: 1, linkOffset: 960, alignment: .arrival)
    var sender = DriftingSender(partsPerMillion: 500)
    sender.jitter = 0
    var held: [[UInt8]] = []
    var worst = 0.0
    var heardThrough = DeviceFrame(4_000)
    for step in 0..<10_000 {
      let packet = sender.next()
      while bench.now + 48 < packet.arrival {  // The receive thread looks every millisecond.
        bench.set(bench.now + 48)
        bench.tick()
      }
      bench.set(packet.arrival)
      // Long after resampling has begun: single losses at a peak of the tone would show a step.
      if step == 4_000 || step == 5_000 { continue }
      if step == 6_000 {
        held = [packet.bytes]
        continue
      }
      if step >= 8_000, step < 8_100 { continue }
      bench.deliver(packet.bytes)
      for late in held { bench.deliver(late) }
      held = []
      guard step > 20, step < 7_900 else { continue }
      let count = Int(bench.now - heardThrough)
      worst = max(worst, roughness(bench.captured(0, from: heardThrough - 2, count: count + 2)))
      heardThrough = bench.now
    }
    #expect(counters.rate.count > 1_000_400_000 && counters.rate.count < 1_000_600_000)
    #expect(worst < 0.2, "a mirrored bridge has corners, but no steps")
    // The reordered packet counts as concealed as well, although its concealment is not played.
    #expect(counters.concealed.count == 3)
    let counts = unsafe Counts(bench.receiverCounters)
    #expect(counts == Counts(inTime: 9_898, reordered: 1, lost: 102))
    let heard = bench.captured(0, from: bench.now - 500, count: 500)
    #expect(roughness(heard) < 1e-4)
  }

  @Test("A change of the link offset causes no step")
  func widened() {
    bench.startReceiver(
      channels: 1, linkOffset: 384, automatic: OffsetBounds(minimum: 2, maximum: 6),
      alignment: .arrival)
    var sender = DriftingSender(partsPerMillion: 100)
    var worst = 0.0
    var heardThrough = DeviceFrame(4_000)
    for step in 0..<20_000 {
      let packet = sender.next()
      // From here on, packets are too late again and again.
      if step == 10_000 { sender.jitter = 300 }
      bench.set(packet.arrival)
      bench.deliver(packet.bytes)
      guard step > 20 else { continue }
      let count = Int(bench.now - heardThrough)
      if count > 2, step < 10_000 || step > 18_000 {
        worst = max(worst, roughness(bench.captured(0, from: heardThrough - 2, count: count + 2)))
      }
      heardThrough = max(heardThrough, bench.now)
    }
    #expect(worst < 1e-4)
    #expect(counters.linkOffset.count == 624)
    #expect(counters.linkOffsetChanges.count == 1)
    #expect(counters.resyncs.count == 0)
  }

  @Test(
    "Resampling never uses the heap",
    .enabled(if: allocation_probe_active() == 1, "a sanitizer owns the heap"))
  func allocations() throws {
    try #require(allocation_probe_count() > 0)
    for index in 0..<4 {
      bench.startReceiver(
        index, channels: 1, firstChannel: index, linkOffset: 480, alignment: .arrival)
    }
    var sender = DriftingSender(partsPerMillion: 500)
    var packets: [(arrival: DeviceFrame, bytes: [UInt8])] = []
    for _ in 0..<4_000 { packets.append(sender.next()) }
    let before = allocation_probe_count()
    var step = 0
    while step < packets.count {  // A range would allocate in a debug build.
      let instant = bench.instant(of: packets[step].arrival)
      bench.receive.advance(to: instant)
      var index = 0
      while index < 4 {
        let packet = packets[step].bytes
        bench.receive.receive(unsafe packet.span.bytes, from: EngineBench.source, receiver: index)
        index += 1
      }
      bench.receive.publish()
      step += 1
    }
    let calls = allocation_probe_count() - before
    #expect(calls == 0)
    #expect(counters.rate.count > 1_000_400_000)
  }
}
