// SPDX-License-Identifier: MIT

/// An event of the clock at one instant.
public struct ClockMark: Codable, Equatable, Sendable {
  public enum Kind: String, Codable, CaseIterable, Sendable {
    case state, grandmaster, rebase
  }

  public var unixMilliseconds: Int64
  public var kind: Kind
  /// The new state, such as `locked`, or the identity of the grandmaster.
  public var text: String

  public init(unixMilliseconds: Int64, kind: Kind, text: String) {
    self.unixMilliseconds = unixMilliseconds
    self.kind = kind
    self.text = text
  }
}

/// The history of the clock: the answer of `/v1/clock/history`. All lists have the same length, from the oldest
/// entry to the latest; null where nothing was measured. Times are in nanoseconds.
public struct ClockHistoryReport: Codable, Equatable, Sendable {
  /// The time between two entries.
  public var stepMilliseconds: Int64
  /// The time of the last entry, in Unix time.
  public var endUnixMilliseconds: Int64
  /// The published clock's offset from the master, as the mean of a step.
  public var offset: [Int64?]
  /// The minimum and the maximum of the offset in a step.
  public var offsetLeast: [Int64?]
  public var offsetGreatest: [Int64?]
  /// The greatest jitter in a step: the median distance from the offset.
  public var jitter: [Int64?]
  /// The mean path delay in a step.
  public var pathDelay: [Int64?]
  /// Changes of state and grandmaster, and re-bases.
  public var marks: [ClockMark]

  public init(
    stepMilliseconds: Int64, endUnixMilliseconds: Int64, offset: [Int64?] = [],
    offsetLeast: [Int64?] = [], offsetGreatest: [Int64?] = [], jitter: [Int64?] = [],
    pathDelay: [Int64?] = [], marks: [ClockMark] = []
  ) {
    self.stepMilliseconds = stepMilliseconds
    self.endUnixMilliseconds = endUnixMilliseconds
    self.offset = offset
    self.offsetLeast = offsetLeast
    self.offsetGreatest = offsetGreatest
    self.jitter = jitter
    self.pathDelay = pathDelay
    self.marks = marks
  }
}

/// Records offset, jitter and path delay of the clock: each second for an hour, and every ten seconds for a
/// day.
///
/// It reads no clock: the caller passes the time, in milliseconds of a monotonic time.
public struct ClockHistory: Sendable {
  /// The length of the history, in seconds.
  public static let reach = 86_400
  /// The maximum number of entries of a report.
  static let maximumEntries = 720
  static let maximumMarks = 256

  private var fine = ClockRing(step: 1_000, capacity: 3_600)
  private var coarse = ClockRing(step: 10_000, capacity: 8_640)
  private var marks: [(at: Int64, kind: ClockMark.Kind, text: String)] = []
  private var last: (state: String, grandmaster: String?, rebases: UInt64)?

  public init() {}

  /// Records a status. More than one status a second does not change the lists.
  public mutating func take(_ status: DaemonStatus, at milliseconds: Int64) {
    mark(status, at: milliseconds)
    let ptp = status.ptp
    let sample = ClockSample(
      offset: ptp?.offsetNanoseconds.map { Int64($0.rounded()) },
      jitter: ptp?.jitterNanoseconds.map { Int64($0.rounded()) },
      pathDelay: ptp?.pathDelayNanoseconds.map { Int64($0.rounded()) })
    guard fine.add(sample, at: milliseconds) else { return }
    coarse.add(sample, at: milliseconds)
  }

  private mutating func mark(_ status: DaemonStatus, at milliseconds: Int64) {
    let rebases = status.ptp?.rebases ?? 0
    if let last {
      if last.state != status.clock.state { add(.state, status.clock.state, milliseconds) }
      if let grandmaster = status.ptp?.grandmaster, grandmaster != last.grandmaster {
        add(.grandmaster, grandmaster, milliseconds)
      }
      if rebases > last.rebases {
        let frames = status.ptp?.lastRebase.map { "by \($0.frames) frames: \($0.cause)" }
        add(.rebase, frames ?? "", milliseconds)
      }
    }
    last = (status.clock.state, status.ptp?.grandmaster, rebases)
  }

  private mutating func add(_ kind: ClockMark.Kind, _ text: String, _ milliseconds: Int64) {
    if marks.count >= Self.maximumMarks { marks.removeFirst() }
    marks.append((milliseconds, kind, text))
  }

  /// Returns the history of the last seconds.
  ///
  /// - Parameters:
  ///   - now: the present instant, in the time of ``take(_:at:)``.
  ///   - unixMilliseconds: the same instant in Unix time.
  public func report(
    seconds: Int, now: Int64, unixMilliseconds: Int64
  ) -> ClockHistoryReport {
    let ring = seconds <= 3_600 ? fine : coarse
    let (samples, step, end) = ring.samples(
      over: Int64(seconds) * 1_000, until: now, most: Self.maximumEntries)
    let shift = unixMilliseconds - now
    return ClockHistoryReport(
      stepMilliseconds: step, endUnixMilliseconds: end + shift,
      offset: samples.map { $0?.offset }, offsetLeast: samples.map { $0?.least },
      offsetGreatest: samples.map { $0?.greatest }, jitter: samples.map { $0?.jitter },
      pathDelay: samples.map { $0?.pathDelay },
      marks: marks.filter { $0.at > now - Int64(seconds) * 1_000 }
        .map { ClockMark(unixMilliseconds: $0.at + shift, kind: $0.kind, text: $0.text) })
  }
}
