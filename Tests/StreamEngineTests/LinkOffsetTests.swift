// SPDX-License-Identifier: MIT
import MediaClock
import RealTime
import StreamEngine
import StreamEngineBench
import Testing

@Suite("Link offset: one for a group, changed without a click, exact before and after (LNK-01)")
struct LinkOffsetTests {
  private let bench = EngineBench()
  private let start = EngineBench.mediaOffset

  private func offset(_ receiver: Int) -> Int64 {
    Int64(unsafe bench.receiverCounters[receiver].linkOffset.count)
  }

  /// Receives two senders in step, and calls `between` after each packet time.
  private func play(steps: ClosedRange<Int>, frames: Int = 48, _ between: (Int) -> Void = { _ in })
  {
    var one = SineSender(from: start.media(DeviceFrame(Int64((steps.lowerBound - 1) * frames))))
    one.frames = frames
    one.sequence = UInt16(truncatingIfNeeded: steps.lowerBound)
    var two = one
    for step in steps {
      bench.set(DeviceFrame(Int64(step * frames + 5)))
      bench.deliver(one.next(), to: 0)
      bench.deliver(two.next(), to: 1)
      between(step)
    }
  }

  @Test("A group has the greatest offset of its members; a receiver without a group has its own")
  func groups() {
    bench.startReceiver(0, channels: 1, linkOffset: 144, group: 0)
    bench.startReceiver(1, channels: 1, firstChannel: 1, linkOffset: 240, group: 0)
    bench.startReceiver(2, channels: 1, firstChannel: 2, linkOffset: 96, group: 5)
    bench.startReceiver(3, channels: 1, firstChannel: 3, linkOffset: 72)
    bench.tick()
    #expect((0..<4).map(offset) == [240, 240, 96, 72])
    play(steps: 1...20)
    let heard = bench.captured(0, from: DeviceFrame(240), count: 960)
    #expect(heard == (0..<960).map { SineSender.value(start.frames + Int64($0)) })
    #expect(bench.captured(1, from: DeviceFrame(240), count: 960) == heard)
  }

  @Test("Members change at the same frame, without a click, and stay in phase", arguments: [6, 48])
  func inPhase(frames: Int) {
    bench.startReceiver(0, channels: 1, linkOffset: Int64(3 * frames), group: 0)
    bench.startReceiver(1, channels: 1, firstChannel: 1, linkOffset: Int64(3 * frames), group: 0)
    play(steps: 1...120, frames: frames) { step in
      if step == 40 {
        bench.startReceiver(
          2, channels: 1, firstChannel: 2, linkOffset: Int64(5 * frames), group: 0)
      }
      if step == 80 { #expect(bench.receiveCommands.queue.push(.stop(receiver: 2))) }
    }
    let first = bench.captured(0, from: DeviceFrame(Int64(3 * frames)), count: 115 * frames)
    let second = bench.captured(1, from: DeviceFrame(Int64(3 * frames)), count: 115 * frames)
    #expect(first == second)
    #expect(roughness(first) < 3)
    func tone(_ frame: Int, delay: Int) -> Int32 {
      SineSender.value(start.frames + Int64(frame - delay))
    }
    // Before, between and after the changes, each frame is at its link offset.
    let (early, middle, late) = (10 * frames, 79 * frames, 114 * frames)
    #expect(first[early] == tone(early, delay: 0))
    #expect(first[middle] == tone(middle, delay: 2 * frames))
    #expect(first[late] == tone(late, delay: 0))
    #expect(unsafe bench.receiverCounters[0].linkOffsetChanges.count == 2)
    #expect(offset(0) == Int64(3 * frames))
  }

  @Test("An automatic offset settles at the least that suffices, without losing a frame")
  func automatic() {
    bench.startReceiver(
      0, channels: 1, linkOffset: 288, automatic: OffsetBounds(minimum: 2, maximum: 6))
    bench.startReceiver(1, channels: 1, firstChannel: 1, linkOffset: 288)
    play(steps: 1...6_000)
    #expect(offset(0) == 96)
    #expect(offset(1) == 288)
    let counts = unsafe Counts(UnsafePointer(bench.receiverCounters))
    #expect(counts == Counts(inTime: 6_000))
    #expect(unsafe bench.receiverCounters[0].linkOffsetChanges.count == 1)
    // The change was about 4 s after the start, which the ring no longer holds. The samples are exact again.
    let frame = Int64(5_990 * 48)
    let heard = bench.captured(0, from: DeviceFrame(frame), count: 480)
    #expect(heard == (0..<480).map { SineSender.value(start.frames + frame - 96 + Int64($0)) })
  }

  @Test("A late packet increases the offset of the group at once")
  func widens() {
    bench.startReceiver(
      0, channels: 1, linkOffset: 288, automatic: OffsetBounds(minimum: 2, maximum: 6), group: 1)
    bench.startReceiver(
      1, channels: 1, firstChannel: 1, linkOffset: 288,
      automatic: OffsetBounds(minimum: 2, maximum: 6), group: 1)
    play(steps: 1...5_000)
    #expect(offset(1) == 96)
    bench.set(DeviceFrame(5_000 * 48 + 150))
    var remote = SineSender(from: start.media(DeviceFrame(5_000 * 48)))
    remote.sequence = 5_001
    bench.deliver(remote.next(), to: 1)
    bench.tick()
    #expect((0..<2).map(offset) == [192, 192])
    #expect(unsafe bench.receiverCounters[1].late.count == 1)
  }
}
