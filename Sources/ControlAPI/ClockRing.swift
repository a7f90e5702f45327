// SPDX-License-Identifier: MIT

/// One step of a clock's history, in nanoseconds; nil for values that were not measured.
struct ClockSample: Equatable, Sendable {
  var offset: Int64?
  var least: Int64?
  var greatest: Int64?
  var jitter: Int64?
  var pathDelay: Int64?

  init(offset: Int64?, jitter: Int64?, pathDelay: Int64?) {
    self.offset = offset
    least = offset
    greatest = offset
    self.jitter = jitter
    self.pathDelay = pathDelay
  }

  /// Combines several samples: their means, the extremes of the offset, and the greatest jitter. Returns nil if
  /// there are none.
  init?(_ samples: [ClockSample]) {
    guard !samples.isEmpty else { return nil }
    func mean(_ values: [Int64]) -> Int64? {
      values.isEmpty ? nil : values.reduce(0, +) / Int64(values.count)
    }
    offset = mean(samples.compactMap(\.offset))
    least = samples.compactMap(\.least).min()
    greatest = samples.compactMap(\.greatest).max()
    jitter = samples.compactMap(\.jitter).max()
    pathDelay = mean(samples.compactMap(\.pathDelay))
  }
}

/// A sample in a quarter of the memory; a day has thousands of them. Times are exact up to 16 ms, and to 7
/// digits beyond.
struct PackedClockSample: Sendable {
  private let offset, least, greatest, jitter, pathDelay: Float

  /// The sample of a step without a status, which equals one in which nothing was measured.
  static let none = PackedClockSample(ClockSample(offset: nil, jitter: nil, pathDelay: nil))

  init(_ sample: ClockSample) {
    func packed(_ value: Int64?) -> Float { value.map { Float($0) } ?? .nan }
    offset = packed(sample.offset)
    least = packed(sample.least)
    greatest = packed(sample.greatest)
    jitter = packed(sample.jitter)
    pathDelay = packed(sample.pathDelay)
  }

  /// The sample; nil if nothing was measured.
  var sample: ClockSample? {
    func value(_ packed: Float) -> Int64? { Int64(exactly: packed.rounded()) }
    var sample = ClockSample(
      offset: value(offset), jitter: value(jitter), pathDelay: value(pathDelay))
    sample.least = value(least)
    sample.greatest = value(greatest)
    let isEmpty = sample.offset == nil && sample.jitter == nil && sample.pathDelay == nil
    return isEmpty ? nil : sample
  }
}

/// A ring of samples in steps of equal length. The oldest are overwritten.
struct ClockRing: Sendable {
  /// The length of a step in milliseconds.
  let step: Int64
  let capacity: Int
  /// The samples, indexed by the number of their step modulo the capacity.
  private var slots: [PackedClockSample]
  /// The number of the latest step; nil before the first.
  private var latest: Int64?
  /// The samples of the latest step so far.
  private var gathered: [ClockSample] = []

  init(step: Int64, capacity: Int) {
    self.step = step
    self.capacity = capacity
    slots = Array(repeating: .none, count: capacity)
  }

  /// Returns true if this is the first sample of its step. Later samples count only if steps are longer than a
  /// second.
  @discardableResult
  mutating func add(_ sample: ClockSample, at milliseconds: Int64) -> Bool {
    let number = milliseconds / step
    let isNew = latest.map { number > $0 } ?? true
    if isNew {
      // Steps without a status are empty.
      let skipped = min(Int64(capacity), number - (latest ?? number))
      for gap in 0..<skipped { slots[place(number - gap)] = .none }
      latest = number
      gathered = []
    }
    guard number == latest else { return false }
    gathered.append(sample)
    slots[place(number)] = ClockSample(gathered).map(PackedClockSample.init) ?? .none
    return isNew
  }

  private func place(_ number: Int64) -> Int { Int(number % Int64(capacity)) }

  /// Returns the samples of the last milliseconds; several steps are combined into one if there are more than
  /// `most`.
  ///
  /// - Returns: samples from the oldest to the latest, their step, and the end of the last, in milliseconds.
  func samples(
    over milliseconds: Int64, until now: Int64, most: Int
  ) -> (samples: [ClockSample?], step: Int64, end: Int64) {
    let wanted = min(Int64(capacity), max(1, milliseconds / step))
    let joined = (wanted + Int64(most) - 1) / Int64(most)
    // Whole groups, so that a later report puts the same steps together.
    let end = now / step / joined * joined
    let groups = wanted / joined
    let samples = (0..<groups).map { index in
      let first = end - (groups - 1 - index) * joined
      return ClockSample((0..<joined).compactMap { sample(first + $0) })
    }
    return (samples, step * joined, (end + joined) * step)
  }

  private func sample(_ number: Int64) -> ClockSample? {
    guard let latest, number <= latest, number > latest - Int64(capacity), number >= 0 else {
      return nil
    }
    return slots[place(number)].sample
  }
}
