// SPDX-License-Identifier: MIT
public import MediaClock
public import PTP

/// A host of a simulated world: an ordinary clock, the oscillator that it runs on, and its stamps.
public struct Node: Sendable {
  public var clock: OrdinaryClock
  public var oscillator: Oscillator
  public var noise: TimestampNoise
  /// Neither sends nor receives; its clock runs on.
  public var isConnected = true
  /// Does not get to run before this time of the world; what arrives meanwhile waits, well stamped.
  public var stalledUntil: Int64 = 0
  /// Stamps are taken when the program gets to see the message.
  public var stampsLate = false
  /// False: sent messages are never stamped.
  public var stampsSent = true
  /// The hardware writes the time into the Sync itself.
  public var isOneStep = false
  /// Says 0x7F, unknown, for every interval.
  public var hidesIntervals = false
  /// Added to the numbers of its Syncs and Follow_Ups, which may so be near their wrap.
  public var sequenceShift: UInt16 = 0
  /// Added to all times that it sends: another epoch.
  public var epochShift: Interval = Interval(nanoseconds: 0)

  /// Added to the seconds of all times that it sends, in 48 bits: more than any clock of ours can show.
  public var secondsShift: UInt64 = 0

  /// What it published last.
  public internal(set) var published: DeviceClock
  /// What it reported, with the time of the world in nanoseconds.
  public internal(set) var events: [(time: Int64, event: Event)] = []
  /// Messages that it has sent, by type.
  public internal(set) var sent: [(time: Int64, message: Message)] = []
  public var keepsSent = false

  public init(_ clock: OrdinaryClock, _ oscillator: Oscillator, noise: TimestampNoise = .init()) {
    self.clock = clock
    self.oscillator = oscillator
    self.noise = noise
    published = clock.servo.clock
  }

  /// The last state that was reported.
  public var state: PortState { clock.state }

  /// When the clock first reported such an event, at or after `time`.
  public func first(after time: Int64 = 0, where matches: (Event) -> Bool) -> Int64? {
    events.first { $0.time >= time && matches($0.event) }?.time
  }
}
