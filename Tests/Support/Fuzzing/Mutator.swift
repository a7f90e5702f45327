// SPDX-License-Identifier: MIT
public import SeededRandom

/// Mutates inputs: changes, removes and repeats bytes, and inserts pieces of other inputs.
public struct Mutator {
  public var random: SeededGenerator
  public let inputs: [[UInt8]]

  public init(random: SeededGenerator, inputs: [[UInt8]]) {
    self.random = random
    self.inputs = inputs
  }

  /// Returns a mutated copy of one of the inputs.
  public mutating func next() -> [UInt8] {
    var bytes = inputs.randomElement(using: &random) ?? []
    for _ in 0...Int.random(in: 0...6, using: &random) {
      guard !bytes.isEmpty else { break }
      let place = Int.random(in: 0..<bytes.count, using: &random)
      let end = min(bytes.count, place + Int.random(in: 1...24, using: &random))
      switch Int.random(in: 0..<6, using: &random) {
      case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
      case 1: bytes[place] ^= 1 << UInt8.random(in: 0...7, using: &random)
      case 2: bytes.removeSubrange(place..<end)
      case 3: bytes.insert(contentsOf: bytes[place..<end], at: place)
      case 4: bytes.removeSubrange(place...)
      default:
        let other = inputs.randomElement(using: &random) ?? []
        let from = Int.random(in: 0...other.count, using: &random)
        bytes.replaceSubrange(place..<end, with: other[from...].prefix(40))
      }
    }
    return bytes
  }
}
