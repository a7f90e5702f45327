// SPDX-License-Identifier: MIT
import Fuzzing
import MediaClock
@_spi(Fuzzing) import PTP
import SeededRandom
import Simulation
import Testing

/// An ordinary clock that receives mutated messages.
@Suite struct FuzzTests {
  @Test(arguments: Settings.Mode.allCases) func survives(mode: Settings.Mode) throws {
    let seed: UInt64 = 0xF0_22
    var generator = SeededGenerator(seed: seed)
    var node = try Hosts.node(1, .aes67, mode) { $0.domainNumber = 0 }
    var now = node.oscillator.epoch
    node.clock.link(isUp: true, at: now)
    let messages = (messageVectors + managementVectors).map(\.bytes)
    for _ in 0..<fuzzRounds {
      var bytes = messages[Int.random(in: 0..<messages.count, using: &generator)]
      for _ in 0..<Int.random(in: 0...3, using: &generator) {
        bytes[Int.random(in: 0..<bytes.count, using: &generator)] = UInt8.random(
          in: 0...255, using: &generator)
      }
      now = now + .microseconds(Int64.random(in: 0...200_000, using: &generator))
      node.clock.fuzzReceive(bytes, at: now)
      if let deadline = node.clock.deadline, deadline <= now { node.clock.advance(to: now) }
    }
    #expect(node.clock.counters.received.reduce(0, +) > fuzzRounds / 2)
  }
}
