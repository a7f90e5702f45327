// SPDX-License-Identifier: MIT
internal import MediaClock

/// A first estimate of the master's clock: a straight line through its first Syncs.
struct LineFit: Sendable {
  /// The gain in nanoseconds at `at`.
  var gain: Double
  /// The rate in nanoseconds per second.
  var rate: Double
  var at: MonotonicInstant
  /// The median distance of the points from the line, in nanoseconds.
  var deviation: Double
  /// The number of points near the line.
  var count: Int
  /// The variance of those points' times around their mean, in seconds squared.
  var spread: Double
  var meanAge: Double
}

/// Collects Syncs of a master until a line through them can be trusted.
///
/// This takes two to four seconds instead of the 37 s after which linuxptp trusts software timestamps: Theil
/// and Sen's median of slopes finds the line in spite of outliers, and least squares then refine it.
struct Acquisition: Sendable {
  struct Point: Sendable {
    var at: MonotonicInstant
    /// The gain in nanoseconds.
    var gain: Double
  }

  var origin: Origin
  /// The time of the first Sync, which may no longer be stored.
  private let began: MonotonicInstant
  private(set) var syncs: [Point] = []
  private(set) var delays: [Point] = []

  private static let capacity = 32
  private static let enough = 16
  private static let atLeast: Interval = .seconds(2)
  private static let spacing: Interval = .milliseconds(100)
  private static let slowEnough = 4
  private static let slowAtLeast: Interval = .seconds(4)
  /// The time after which a master with high jitter is accepted as it is: the gate then doubles with each such
  /// time, up to `widestGate` nanoseconds.
  private static let strictness: Interval = .seconds(5)
  private static let widestGate = 1e7

  init(_ first: SyncMeasurement) {
    origin = Origin(monotonic: first.received, ptp: first.origin)
    began = first.received
    add(first)
  }

  /// Adds a Sync. Syncs in the wrong order are left out, and those of fast masters that come too soon: they
  /// must be observed for seconds, too.
  mutating func add(_ sync: SyncMeasurement) {
    if let last = syncs.last, sync.received - last.at < Self.spacing { return }
    if syncs.count == Self.capacity { syncs.removeFirst() }
    syncs.append(Point(at: sync.received, gain: origin.gain(sync)))
  }

  mutating func add(_ delay: DelayMeasurement) {
    if delays.count == Self.capacity { delays.removeFirst() }
    delays.append(Point(at: delay.sent, gain: origin.gain(delay)))
  }

  /// Returns true if the points suffice for a slope.
  private var isEnough: Bool {
    guard let first = syncs.first, let last = syncs.last else { return false }
    let length = last.at - first.at
    return syncs.count >= Self.enough && length >= Self.atLeast
      || syncs.count >= Self.slowEnough && length >= Self.slowAtLeast
  }

  /// The line, once enough points agree on it to within `gate` nanoseconds, or to within more after a long
  /// time.
  func fit(gate: Double) -> LineFit? {
    guard let line = line(), line.deviation <= self.gate(gate) else { return nil }
    return line
  }

  /// The median distance of the points from their line in nanoseconds; nil while there are too few.
  var scatter: Double? { line()?.deviation }

  private func gate(_ gate: Double) -> Double {
    let age = ((syncs.last?.at ?? began) - began).seconds / Self.strictness.seconds
    guard age > 1 else { return gate }
    return max(gate, min(gate * exp2(Int(age)), Self.widestGate))
  }

  private func exp2(_ exponent: Int) -> Double { Double(UInt64(1) << UInt64(min(exponent, 62))) }

  private func line() -> LineFit? {
    guard isEnough, let last = syncs.last else { return nil }
    let x = syncs.map { ($0.at - last.at).seconds }
    let y = syncs.map(\.gain)
    let slope = medianSlope(x, y)
    let middle = median(zip(x, y).map { $1 - slope * $0 })
    let residuals = zip(x, y).map { $1 - slope * $0 - middle }
    let deviation = median(residuals.map(abs))
    let near = max(4 * deviation, 1)
    let inliers = residuals.indices.filter { abs(residuals[$0]) <= near }
    guard inliers.count * 3 >= syncs.count * 2 else { return nil }
    return leastSquares(inliers.map { (x[$0], y[$0]) }, at: last.at, deviation: deviation)
  }

  private func medianSlope(_ x: [Double], _ y: [Double]) -> Double {
    var slopes: [Double] = []
    for left in x.indices {
      for right in x.indices.dropFirst(left + 1) where x[right] > x[left] {
        slopes.append((y[right] - y[left]) / (x[right] - x[left]))
      }
    }
    return slopes.isEmpty ? 0 : median(slopes)
  }

  private func leastSquares(
    _ points: [(x: Double, y: Double)], at: MonotonicInstant, deviation: Double
  ) -> LineFit? {
    let count = Double(points.count)
    let meanX = points.reduce(0) { $0 + $1.x } / count
    let meanY = points.reduce(0) { $0 + $1.y } / count
    let spread = points.reduce(0) { $0 + ($1.x - meanX) * ($1.x - meanX) }
    guard spread > 0 else { return nil }
    let rate = points.reduce(0) { $0 + ($1.x - meanX) * ($1.y - meanY) } / spread
    return LineFit(
      gain: meanY - rate * meanX, rate: rate, at: at, deviation: deviation, count: points.count,
      spread: spread, meanAge: -meanX)
  }
}
