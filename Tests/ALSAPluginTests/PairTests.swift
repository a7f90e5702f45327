// SPDX-License-Identifier: MIT
import ALSAPlugin
import CSharedMemory
import Testing

/// Playback and capture of one program start on the same frame.
///
/// Each test has its own directory, because the table of running streams is global to the process.
struct PairTests {
  private func pair(_ name: String, period: Int = 64) -> (playback: Stream, capture: Stream) {
    let playback = Stream(AES67_PLAYBACK, period: period, directory: "/nonexistent/\(name)")
    let capture = Stream(AES67_CAPTURE, period: period, directory: "/nonexistent/\(name)")
    playback.moveToDaemon(direction: AES67_PLAYBACK)
    capture.moveToDaemon(direction: AES67_CAPTURE)
    playback.prepare(at: 0)
    capture.prepare(at: 0)
    return (playback, capture)
  }

  @Test(arguments: [100, 150, 191, 192, 223])
  func theSecondStreamStartsWithTheFirst(at second: Int64) {
    let streams = pair("second-\(second)")
    #expect(streams.capture.start(at: 100) == 192)
    #expect(streams.playback.start(at: second) == 192)
    #expect(
      unsafe !vsc_stream_missed_start(streams.playback.client, Stream.time(of: second)))
  }

  @Test func aStreamHalfAPeriodLateStartsAlone() {
    let streams = pair("too-late")
    #expect(streams.capture.start(at: 100) == 192)
    #expect(streams.playback.start(at: 224) == 288)
  }

  @Test func aStoppedStreamIsNotPaired() {
    let streams = pair("stopped")
    streams.capture.start(at: 100)
    streams.capture.stop(at: 110)
    #expect(streams.playback.start(at: 150) == 240)
  }

  @Test func sameDirectionAndOtherInstanceAreNotPaired() {
    let streams = pair("one")
    let others = pair("two")
    let second = Stream(AES67_CAPTURE, directory: "/nonexistent/one")
    second.moveToDaemon(direction: AES67_CAPTURE)
    streams.capture.start(at: 100)
    #expect(others.playback.start(at: 150) == 240)
    #expect(second.start(at: 150) == 240)
  }

  @Test func streamsOfDifferentDaemonsAreNotPaired() {
    let streams = pair("born")
    streams.capture.start(at: 100)
    streams.playback.moveToDaemon(direction: AES67_PLAYBACK, born: 2)
    #expect(streams.playback.start(at: 150) == 240)
  }

  /// Streams without a daemon pair as well, because all of them derive frames from time in the same way.
  @Test func freeRunningStreamsPair() {
    let playback = Stream(AES67_PLAYBACK, directory: "/nonexistent/free")
    let capture = Stream(AES67_CAPTURE, directory: "/nonexistent/free")
    #expect(capture.start(at: 100) == 164)
    #expect(playback.start(at: 120) == 164)
  }

  /// Both streams of a pair have the same start frame after they move to another daemon, at any instant
  /// between two frames.
  @Test func aPairMovesTogether() {
    let streams = pair("moves")
    streams.capture.start(at: 100)
    streams.playback.start(at: 120)
    let born = Stream.time(of: 900) + 7000
    let clock = Stream.clock(frame: 5000, at: born)
    for step in 0..<40 as Range<Int64> {
      let now = Stream.time(of: 1000) + step * 1000
      streams.capture.moveToDaemon(
        direction: AES67_CAPTURE, clock: clock, born: born, at: now)
      streams.playback.moveToDaemon(
        direction: AES67_PLAYBACK, clock: clock, born: born, at: now + 41_000)
      #expect(streams.capture.info.start_frame == streams.playback.info.start_frame)
    }
  }
}
