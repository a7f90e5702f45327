// SPDX-License-Identifier: MIT
import ALSAPlugin
import CSharedMemory
import Testing

/// A program that starts, pauses, stops, rewinds and fills its playback stream in any order. Each sample identifies its
/// stream and its position.
private struct RandomProgram {
  private enum State { case prepared, running, paused, stopped }

  private var random: SplitMix
  private let stream: Stream
  private let buffer: Int64
  private(set) var now: Int64 = 100
  private var state = State.prepared
  /// The number of the prepared stream, and of the one that was started last.
  private var prepared: Int32 = 0
  private(set) var started: Int32 = 0
  private var application: Int64 = 0

  init(seed: UInt64, period: Int, buffer: Int) {
    random = SplitMix(state: seed)
    self.buffer = Int64(buffer)
    stream = Stream(AES67_PLAYBACK, period: period, buffer: buffer)
    stream.moveToDaemon(direction: AES67_PLAYBACK)
    stream.prepare(at: now)
  }

  /// The sample of a position: 8 bits for the stream, and 15 for the position modulo a prime.
  private func sample(_ stream: Int32, _ position: Int64) -> Int32 {
    (stream & 0xFF) << 15 | Int32(position % 32_749) + 1
  }

  mutating func call() {
    let position = Int64(stream.position(at: now))
    let room = max(0, position + buffer - application)
    switch Int.random(in: 0..<40, using: &random) {
    case 0 where state == .prepared:
      stream.start(at: now)
      (state, started) = (.running, prepared)
    case 1 where state == .running:
      stream.pause(true, at: now)
      state = .paused
    case 2...3 where state == .paused:
      stream.pause(false, at: now)
      state = .running
    case 4 where state == .running || state == .paused:
      stream.stop(at: now)
      state = .stopped
    case 5...8 where state == .stopped, 5 where Bool.random(using: &random):
      stream.prepare(at: now)
      (state, prepared, application) = (.prepared, prepared + 1, 0)
    case 9 where application > position:
      application -= Int64.random(in: 0...(application - position), using: &random)
      unsafe vsc_ring_rewound(stream.client, UInt64(application))
    case 10 where state != .stopped: application += Int64.random(in: 0...room, using: &random)
    case 11...25 where state != .stopped && room > 0:
      let count = Int64.random(in: 1...room, using: &random)
      stream.write((0..<count).map { sample(prepared, application + $0) }, at: UInt64(application))
      application += count
    case 26: now += .random(in: 0...20_000, using: &random)
    default: now += .random(in: 0...600, using: &random)
    }
    if state == .running { application = max(application, Int64(stream.position(at: now))) }
  }

  /// The device frames that play another sample than their own, as far as a late daemon reads back.
  func misplaced() -> [Int64] {
    let first = max(0, now - 3_456)
    let start = stream.info.start_frame
    return stream.heard(first..<now + 600).enumerated().compactMap { index, heard in
      let frame = first + Int64(index)
      return heard == 0 || heard == sample(started, frame - start) ? nil : frame
    }
  }
}

/// Any order of a program's calls, as the daemon would play the result.
struct AnyCallsTests {
  @Test(arguments: [(256, 8_640, 1), (256, 8_640, 3), (4_320, 17_280, 2), (64, 512, 4)])
  func aFrameIsPlayedInItsPlaceOrNotAtAll(period: Int, buffer: Int, seed: UInt64) {
    var program = RandomProgram(seed: seed, period: period, buffer: buffer)
    for step in 0..<800 {
      program.call()
      let misplaced = program.misplaced()
      guard misplaced.isEmpty else {
        Issue.record(
          "step \(step): \(misplaced.count) frames from \(misplaced[0]) at \(program.now)")
        return
      }
    }
    #expect(program.started > 5)
  }

  /// A program that seeks: it drops its buffer, and fills it again before the present packet leaves.
  @Test func aNewBufferLeavesTheFramesThatAreBeingPlayed() {
    let stream = Stream(AES67_PLAYBACK, period: 4_320, buffer: 17_280)
    stream.moveToDaemon(direction: AES67_PLAYBACK)
    stream.prepare(at: 0)
    stream.write([Int32](repeating: 7, count: 17_280), at: 0)
    let start = stream.start(at: 100)
    stream.write([Int32](repeating: 7, count: 10_000), at: 17_280)
    stream.stop(at: start + 10_000)
    stream.prepare(at: start + 10_000)
    stream.write([Int32](repeating: 9, count: 17_280), at: 0)
    #expect(stream.heard(start..<start + 10_000).suffix(3_456).allSatisfy { $0 == 7 })
    #expect(stream.heard(start + 10_000..<start + 40_000).allSatisfy { $0 == 0 })
  }
}

/// SplitMix64: every run is the same.
private struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
    return mixed ^ mixed >> 31
  }
}
