// SPDX-License-Identifier: MIT
import Fuzzing
import SeededRandom
import Session
import Testing

@Suite struct SDPFuzzTests {
  @Test func survivesMutatedInputs() {
    let seed: UInt64 = 20_261_122
    var mutator = Mutator(
      random: SeededGenerator(seed: seed), inputs: Corpus.all.map { Array($0.1.utf8) })
    for round in 0..<fuzzRounds {
      let bytes = mutator.next()
      guard SDPFuzz.holds(for: bytes) else {
        Issue.record("seed \(seed), round \(round): \(String(decoding: bytes, as: UTF8.self))")
        return
      }
    }
  }

  @Test func survivesMutatedValues() {
    let values = [
      "98 L24/48000/8", "ptp=IEEE1588-2008:00-1D-C1-FF-FE-12-00-A4:domain-nmbr=12",
      "ptp=traceable", "localmac=7c-e9-d3-1b-9a-af", "direct=2911906980 rate=1000/1001",
      "id=MDA6 sender", "incl IN IP4 239.69.1.1 10.0.0.1 10.0.0.2", "DUP one two",
      "2 channels: Left, Right", "98 channel-order=SMPTE2110.(ST,51,U08)", "0.333333", "64-192",
    ]
    let seed: UInt64 = 7
    var mutator = Mutator(
      random: SeededGenerator(seed: seed), inputs: values.map { Array($0.utf8) })
    for round in 0..<fuzzRounds {
      let bytes = mutator.next()
      guard SDPFuzz.holds(forValue: bytes) else {
        Issue.record("seed \(seed), round \(round): \(String(decoding: bytes, as: UTF8.self))")
        return
      }
    }
  }
}
