// SPDX-License-Identifier: MIT
import ALSAPlugin
import CSharedMemory
import Testing

/// A stream that runs without a daemon, and its move to a daemon.
struct MoveTests {
  private let ramp = (1...400).map { Int32($0) }

  @Test func runsWithoutADaemon() {
    let stream = Stream(AES67_PLAYBACK)
    stream.prepare(at: 0)
    stream.write(ramp, at: 0)
    #expect(stream.info.state == VSC_DETACHED)
    #expect(stream.start(at: 100) == 164)
    #expect(stream.position(at: 164 + 48_000) == 48_000)
    #expect(unsafe vsc_stream_latency(stream.client) == 0)
  }

  @Test func positionGoesOnWithoutAJump() {
    let stream = Stream(AES67_PLAYBACK)
    stream.prepare(at: 0)
    stream.write(ramp, at: 0)
    stream.start(at: 100)
    let now = Stream.time(of: 264)
    #expect(stream.position(at: 264) == 100)
    stream.moveToDaemon(
      direction: AES67_PLAYBACK, clock: Stream.clock(frame: 7000, at: now), at: now)
    #expect(stream.info.state == VSC_ATTACHED)
    #expect(stream.position(at: 264) == 100)
    #expect(stream.position(at: 274) == 110)
    #expect(stream.info.start_frame == 6900)
    // The frames played before the move are lost; the queued ones are played.
    #expect(stream.heard(6800..<7000).allSatisfy { $0 == 0 })
    #expect(stream.heard(7000..<7301) == Array(ramp.suffix(300)) + [0])
    #expect(unsafe aes67_client_period_frames(stream.page!) == 64)
    #expect(unsafe aes67_client_running(stream.page!) == 1)
  }

  @Test func theNewDaemonsRateIsUsed() {
    let stream = Stream(AES67_CAPTURE)
    stream.start(at: 0)
    let now = Stream.time(of: 164)
    stream.moveToDaemon(
      direction: AES67_CAPTURE, clock: Stream.clock(frame: 10, at: now, divisor: 20), at: now)
    #expect(stream.position(at: 164) == 100)
    #expect(stream.position(at: 164 + 2001) == 200)
  }

  @Test func samplesWrittenBeforeTheMoveArePlayed() {
    let stream = Stream(AES67_PLAYBACK)
    stream.prepare(at: 0)
    stream.write(ramp, at: 0)
    stream.moveToDaemon(direction: AES67_PLAYBACK)
    #expect(stream.inForce == nil)
    let start = stream.start(at: 100)
    #expect(stream.heard(start..<start + 400) == ramp)
  }

  @Test func aStartInTheFutureIsKept() {
    let stream = Stream(AES67_PLAYBACK)
    stream.prepare(at: 0)
    stream.start(at: 100)
    let now = Stream.time(of: 110)
    stream.moveToDaemon(direction: AES67_PLAYBACK, clock: Stream.clock(at: now), at: now)
    #expect(stream.info.start_frame == 54)
    #expect(stream.position(at: 110 + 54) == 0)
    #expect(stream.position(at: 110 + 60) == 6)
  }

  @Test func aPausedStreamStaysSilent() {
    let stream = Stream(AES67_PLAYBACK)
    stream.prepare(at: 0)
    stream.write(ramp, at: 0)
    stream.start(at: 100)
    stream.pause(true, at: 264)
    stream.moveToDaemon(direction: AES67_PLAYBACK, at: Stream.time(of: 300))
    #expect(stream.heard(0..<2000).allSatisfy { $0 == 0 })
    stream.pause(false, at: 1000)
    #expect(stream.heard(1000..<1301) == Array(ramp.suffix(300)) + [0])
  }

  /// A move is refused if the daemon's clock has not started or its rate is not that of an audio clock.
  @Test(arguments: [0, 1, Stream.rate * 3, .max])
  func anInvalidClockRateIsRefused(rate: UInt64) {
    let stream = Stream(AES67_PLAYBACK)
    stream.start(at: 0)
    var clock = Stream.clock()
    clock.rate = rate
    #expect(!stream.moveToDaemon(direction: AES67_PLAYBACK, clock: clock))
    #expect(stream.position(at: 164) == 100)
  }

  /// If the clock's rate becomes invalid after the move, the stream goes on at the old rate.
  @Test func anInvalidRateAfterTheMoveIsIgnored() {
    let stream = Stream(AES67_PLAYBACK)
    stream.moveToDaemon(direction: AES67_PLAYBACK)
    #expect(stream.start(at: 100) == 192)
    var clock = Stream.clock()
    clock.rate = 0
    unsafe withUnsafePointer(to: clock) {
      unsafe aes67_clock_publish(aes67_device_clock(stream.device!), $0)
    }
    #expect(stream.position(at: 292) == 100)
  }

  @Test(arguments: [0, 1, 1025, .max] as [UInt32])
  func anInvalidStartGridIsIgnored(grid: UInt32) {
    let stream = Stream(AES67_PLAYBACK)
    stream.moveToDaemon(direction: AES67_PLAYBACK, grid: grid)
    #expect(stream.start(at: 100) == 164)
  }
}
