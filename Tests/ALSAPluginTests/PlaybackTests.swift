// SPDX-License-Identifier: MIT
import ALSAPlugin
import CSharedMemory
import Testing

/// Start, stop, rewind and pause of a playback stream, checked in the samples that the daemon would play.
struct PlaybackTests {
  private func playing(channels: Int = 1, clock: aes67_clock_snapshot = Stream.clock()) -> Stream {
    let stream = Stream(AES67_PLAYBACK, channels: channels)
    stream.moveToDaemon(direction: AES67_PLAYBACK, clock: clock)
    stream.prepare(at: 0)
    return stream
  }

  private let ramp = (1...200).map { Int32($0) }

  /// The start is a period of 64 frames after frame 100, rounded up to a packet boundary of 48 media frames.
  @Test func startsOnAPacketAPeriodAhead() {
    #expect(playing().start(at: 100) == 192)
    let offset = playing(clock: Stream.clock(mediaOffset: 1_000_001))
    #expect((offset.start(at: 100) + 1_000_001) % 48 == 0)
    #expect((164..<164 + 48).contains(offset.info.start_frame))
    let negative = playing(clock: Stream.clock(mediaOffset: -1_000_001))
    #expect((negative.start(at: 100) - 1_000_001) % 48 == 0)
    #expect((164..<164 + 48).contains(negative.info.start_frame))
  }

  @Test func nothingIsPlayedBeforeTheStart() {
    let stream = playing()
    stream.write(ramp, at: 0)
    #expect(stream.inForce == nil)
    stream.start(at: 100)
    #expect(stream.inForce?.start_frame == 192)
    #expect(stream.inForce?.written_through == 200)
    #expect(stream.heard(180..<192).allSatisfy { $0 == 0 })
    #expect(stream.heard(192..<392) == ramp)
    #expect(stream.heard(392..<500).allSatisfy { $0 == 0 })
  }

  @Test func positionCountsFromTheStartFrame() {
    let stream = playing()
    stream.start(at: 100)
    #expect(stream.position(at: 101) == 0)
    #expect(unsafe vsc_stream_frames_to_start(stream.client, Stream.time(of: 190)) == 2)
    #expect(stream.position(at: 192) == 0)
    #expect(stream.position(at: 193) == 1)
    #expect(stream.position(at: 1192) == 1000)
  }

  @Test func timeOfAPositionIsItsFirstNanosecond() {
    let stream = playing()
    stream.start(at: 100)
    let time = unsafe vsc_stream_time_of(stream.client, 1000)
    #expect(unsafe vsc_stream_position(stream.client, time - 1) == 999)
    #expect(unsafe vsc_stream_position(stream.client, time) == 1000)
  }

  @Test func positionNeverGoesBack() {
    let stream = playing()
    stream.start(at: 100)
    #expect(stream.position(at: 292) == 100)
    unsafe withUnsafePointer(to: Stream.clock(frame: -10)) {
      unsafe aes67_clock_publish(aes67_device_clock(stream.device!), $0)
    }
    #expect(stream.position(at: 293) == 100)
    #expect(stream.position(at: 303) == 101)
  }

  @Test func samplesWrittenWhileRunningArePlayed() {
    let stream = playing(channels: 2)
    stream.write([1, -1, 2, -2], at: 0)
    stream.start(at: 100)
    stream.write([3, -3], at: 2)
    #expect(stream.heard(192..<196) == [1, 2, 3, 0])
    #expect(unsafe aes67_client_stream_frames(stream.page!) == 3)
  }

  /// After more frames than the ring holds, the last 400 frames are the ones written last.
  @Test func writesAcrossTheEndOfTheRing() {
    let stream = playing()
    stream.start(at: 100)
    var position: UInt64 = 0
    for _ in 0..<200 {
      stream.write(ramp, at: position)
      position += 200
    }
    #expect(position > UInt64(AES67_RING_FRAMES))
    let end = 192 + Int64(position)
    #expect(stream.heard(end - 400..<end) == ramp + ramp)
  }

  @Test func stopCutsAtThePosition() {
    let stream = playing()
    stream.write(ramp, at: 0)
    stream.start(at: 100)
    stream.stop(at: 192 + 50)
    stream.stop(at: 192 + 90)
    #expect(stream.heard(192..<392) == Array(ramp.prefix(50)) + [Int32](repeating: 0, count: 150))
    #expect(unsafe aes67_client_running(stream.page!) == 0)
    #expect(stream.position(at: 500) == 50)
  }

  @Test func anXrunIsCounted() {
    let stream = playing()
    stream.start(at: 100)
    unsafe vsc_stream_stop_for_xrun(stream.client, Stream.time(of: 900))
    #expect(stream.info.xruns == 1)
    #expect(unsafe aes67_client_xruns(stream.page!) == 1)
  }

  /// Samples that were queued at a stop are played neither before nor after the next start.
  @Test func aNewStartPlaysNoOldSamples() {
    let stream = playing()
    stream.write(ramp, at: 0)
    stream.start(at: 100)
    stream.stop(at: 192 + 50)
    stream.prepare(at: 300)
    stream.write([7, 8, 9], at: 0)
    let start = stream.start(at: 300)
    #expect(stream.heard(start - 2048..<start).allSatisfy { $0 == 0 })
    #expect(stream.heard(start..<start + 4) == [7, 8, 9, 0])
    #expect(stream.position(at: start + 2) == 2)
  }

  /// At each of 50 restarts, the 2,048 frames before the start and the frames after the samples are silent.
  @Test func manyRestartsPlayNoOldSamples() {
    let stream = playing()
    var now: Int64 = 100
    for round in 1...50 {
      stream.prepare(at: now)
      stream.write([Int32](repeating: Int32(round), count: 512), at: 0)
      let start = stream.start(at: now)
      #expect(stream.heard(start - 2048..<start).allSatisfy { $0 == 0 })
      #expect(stream.heard(start..<start + 512).allSatisfy { $0 == Int32(round) })
      #expect(stream.heard(start + 512..<start + 4096).allSatisfy { $0 == 0 })
      now = start + 100
    }
  }

  @Test func aRewindRemovesSamples() {
    let stream = playing()
    stream.write(ramp, at: 0)
    stream.start(at: 100)
    unsafe vsc_ring_rewound(stream.client, 150)
    #expect(stream.heard(192..<392) == Array(ramp.prefix(150)) + [Int32](repeating: 0, count: 50))
    stream.write([5], at: 150)
    #expect(stream.heard(341..<344) == [150, 5, 0])
  }

  /// Frames skipped by `snd_pcm_forward()` are silent, although the ring held other samples there.
  @Test func aForwardGapIsSilent() {
    let stream = playing()
    stream.write(ramp, at: 0)
    stream.start(at: 100)
    unsafe vsc_ring_rewound(stream.client, 10)
    stream.write([5], at: 20)
    let expected = Array(ramp.prefix(10)) + [Int32](repeating: 0, count: 10) + [5, 0]
    #expect(stream.heard(192..<214) == expected)
  }

  @Test func aPauseKeepsThePosition() {
    let stream = playing()
    stream.write(ramp, at: 0)
    stream.start(at: 100)
    stream.pause(true, at: 192 + 50)
    #expect(stream.position(at: 9000) == 50)
    #expect(stream.heard(192 + 50..<9000).allSatisfy { $0 == 0 })
    stream.write([1000], at: 200)
    #expect(stream.heard(192 + 50..<9000).allSatisfy { $0 == 0 })
    stream.pause(false, at: 10_000)
    #expect(stream.position(at: 10_001) == 51)
    #expect(stream.heard(8000..<10_000).allSatisfy { $0 == 0 })
    #expect(stream.heard(10_000..<10_152) == Array(ramp.suffix(150)) + [1000, 0])
  }

  /// With packets of 4 ms, the daemon makes packets up to 17 packet times after they were due: it then reads frames
  /// up to 3,456 frames ago.
  @Test func aLateDaemonReadsNoOldSamples() {
    let stream = playing()
    let old = [Int32](repeating: 7, count: 8_000)
    stream.write(old, at: 0)
    stream.start(at: 100)
    stream.pause(true, at: 192 + 5_000)
    stream.pause(false, at: 20_000)
    #expect(stream.heard(20_000 - 3_456..<20_000).allSatisfy { $0 == 0 })
    stream.stop(at: 23_000)
    stream.prepare(at: 23_000)
    stream.write(old, at: 0)
    let start = stream.start(at: 30_000)
    #expect(stream.heard(30_000 - 3_456..<start).allSatisfy { $0 == 0 })
    #expect(stream.heard(start..<start + 8_000) == old)
  }

  /// If the start frame has passed before it is published, the start is missed and must be repeated.
  @Test func aMissedStartIsNoticed() {
    let stream = playing()
    stream.start(at: 100)
    #expect(unsafe !vsc_stream_missed_start(stream.client, Stream.time(of: 191)))
    #expect(unsafe vsc_stream_missed_start(stream.client, Stream.time(of: 192)))
    #expect(stream.start(at: 192) == 288)
  }
}
