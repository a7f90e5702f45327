// SPDX-License-Identifier: MIT

/// What happened to the clock at an instant.
public struct ClockMark: Codable, Equatable, Sendable {
  public enum Kind: String, Codable, CaseIterable, Sendable {
    case state, grandmaster, rebase
  }

  public var unixMilliseconds: Int64
  public var kind: Kind
  /// Such as `locked`, or the identity of the grandmaster.
  public var text: String

  public init(unixMilliseconds: Int64, kind: Kind, text: String) {
    self.unixMilliseconds = unixMilliseconds
    self.kind = kind
    self.text = text
  }
}

/// The past of the clock: the answer of `/v1/clock/history`. The lists are equally long, from the oldest to the latest;
/// null where nothing was measured. Times in nanoseconds.
public struct ClockHistoryReport: Codable, Equatable, Sendable {
  /// Between two entries.
  public var stepMilliseconds: Int64
  /// Of the last entry.
  public var endUnixMilliseconds: Int64
  /// Published clock less master, the mean over a step.
  public var offset: [Int64?]
  /// The least and the greatest of it in a step.
  public var offsetLeast: [Int64?]
  public var offsetGreatest: [Int64?]
  /// The greatest median distance from the offset in a step.
  public var jitter: [Int64?]
  /// The mean path delay of a step.
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

/// Remembers offset, jitter and path delay of the clock: each second for an hour, and every ten seconds for a day.
///
/// It reads no clock: whoever looks says when that was, in milliseconds of a time that never jumps.
public struct ClockHistory: Sendable {
  /// The longest past that is remembered, in seconds.
  public static let reach = 86_400
  /// No report has more entries.
  static let maximumEntries = 720
  static let maximumMarks = 256

  private var fine = ClockRing(step: 1_000, capacity: 3_600)
  private var coarse = ClockRing(step: 10_000, capacity: 8_640)
  private var marks: [(at: Int64, kind: ClockMark.Kind, text: String)] = []
  private var last: (state: String, grandmaster: String?, rebases: UInt64)?

  public init() {}

  /// Takes in what a status says; more than one a second makes no difference to the lists.
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

  /// The last seconds.
  ///
  /// - Parameters:
  ///   - now: this instant, in the time of ``take(_:at:)``.
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
