// SPDX-License-Identifier: MIT
import MediaClock
import RealTime
import StreamEngine
import StreamEngineBench
import Testing

@Suite("Gaps are bridged or faded without a click, and received frames are unchanged (RTP-06)")
struct ConcealmentTests {
  private let bench = EngineBench()

  /// Receives 40 packets except those in `lost`. Returns the captured samples from the first frame on.
  private func play(lost: Set<Int>, frames: Int, linkOffset: Int64, late: Int? = nil) -> [Int32] {
    bench.startReceiver(channels: 1, linkOffset: linkOffset)
    var remote = SineSender(from: EngineBench.mediaOffset.media(DeviceFrame(0)))
    remote.frames = frames
    var held: [UInt8]?
    for step in 1...40 {
      bench.set(DeviceFrame(Int64(step * frames)))
      let packet = remote.next()
      if step - 1 == late {
        held = packet
      } else if !lost.contains(step - 1) {
        bench.deliver(packet)
        if let overtaken = held { bench.deliver(overtaken) }
        held = nil
      } else {
        bench.tick()
      }
    }
    bench.tick()
    return bench.captured(0, from: DeviceFrame(linkOffset), count: 40 * frames)
  }

  private func tone(_ frames: Range<Int>) -> [Int32] {
    frames.map { SineSender.value(EngineBench.mediaOffset.frames + Int64($0)) }
  }

  @Test("A single lost packet is bridged", arguments: [6, 12, 48, 192])
  func single(frames: Int) {
    let heard = play(lost: [20], frames: frames, linkOffset: Int64(4 * frames))
    #expect(Array(heard[..<(20 * frames)]) == tone(0..<20 * frames))
    #expect(Array(heard[(21 * frames)...]) == tone(21 * frames..<40 * frames))
    // An interruption of the tone would be a step of its amplitude, fifteen times its greatest step.
    #expect(roughness(heard) < 2.5)
    #expect(unsafe bench.receiverCounters.pointee.concealed.count == 1)
    #expect(unsafe bench.receiverCounters.pointee.lost.count == 1)
  }

  @Test("A longer gap is faded at both ends, and silent between")
  func burst() {
    let heard = play(lost: [20, 21, 22, 23, 24], frames: 48, linkOffset: 144)
    #expect(Array(heard[..<960]) == tone(0..<960))
    #expect(Array(heard[1_200...]) == tone(1_200..<1_920))
    #expect(roughness(heard) < 2.5)
    #expect(heard[1_056..<1_104].allSatisfy { $0 == 0 })
    #expect(unsafe bench.receiverCounters.pointee.concealed.count == 0)
    #expect(unsafe bench.receiverCounters.pointee.lost.count == 5)
  }

  @Test("A packet that arrives out of order replaces its concealment")
  func overtaken() {
    let heard = play(lost: [], frames: 48, linkOffset: 192, late: 20)
    #expect(heard == tone(0..<1_920))
  }

  @Test("A stream that stops fades out within a packet, and is then digital silence (BUF-03)")
  func stops() {
    let heard = play(lost: Set(30..<40), frames: 48, linkOffset: 144)
    #expect(Array(heard[..<1_440]) == tone(0..<1_440))
    #expect(roughness(Array(heard)) < 2.5)
    #expect(heard[1_488...].allSatisfy { $0 == 0 })
  }

  @Test(
    "A look at the time that the engine requests fades out a stream that has stopped",
    arguments: [12, 48, 192])
  func looks(frames: Int) {
    #expect(bench.receive.nextLook == nil)
    bench.startReceiver(channels: 1, linkOffset: Int64(4 * frames))
    var remote = SineSender(from: EngineBench.mediaOffset.media(DeviceFrame(0)))
    remote.frames = frames
    for step in 1...10 {
      bench.set(DeviceFrame(Int64(step * frames)))
      bench.deliver(remote.next())
      // Half a packet before the end of the received frames.
      let end = DeviceFrame(Int64((step + 4) * frames - frames / 2))
      #expect(bench.receive.nextLook == bench.instant(of: end))
    }
    bench.set(DeviceFrame(Int64(14 * frames - frames / 2)))
    bench.tick()
    #expect(bench.receive.nextLook == nil)
    let heard = bench.captured(0, from: DeviceFrame(Int64(4 * frames)), count: 12 * frames)
    #expect(Array(heard[..<(10 * frames)]) == tone(0..<10 * frames))
    #expect(roughness(heard) < 2.5)
    #expect(heard[(11 * frames)...].allSatisfy { $0 == 0 })
  }

  @Test("Without concealment a gap is silence")
  func silence() {
    bench.startReceiver(channels: 1, conceals: false)
    var remote = SineSender(from: EngineBench.mediaOffset.media(DeviceFrame(0)))
    for step in 1...10 as ClosedRange<Int64> {
      bench.set(DeviceFrame(step * 48))
      if step == 5 { remote.skip() } else { bench.deliver(remote.next()) }
    }
    #expect(
      bench.captured(0, from: DeviceFrame(144 + 192), count: 48).allSatisfy { $0 == 0 })
  }
}
