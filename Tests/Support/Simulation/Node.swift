// SPDX-License-Identifier: MIT
public import MediaClock
public import PTP

/// A host of a simulated network: an ordinary clock, its oscillator, and its time stamps.
public struct Node: Sendable {
  public var clock: OrdinaryClock
  public var oscillator: Oscillator
  public var noise: TimestampNoise
  /// False if the node neither sends nor receives; its clock continues.
  public var isConnected = true
  /// The simulated time before which the node does not run. Messages that arrive meanwhile wait, with correct
  /// stamps.
  public var stalledUntil: Int64 = 0
  /// True if receive stamps are taken when the program reads the message.
  public var stampsLate = false
  /// False if sent messages are never stamped.
  public var stampsSent = true
  /// True if the hardware writes the time into each Sync.
  public var isOneStep = false
  /// True if all messages state the interval 0x7F, which means unknown.
  public var hidesIntervals = false
  /// A number that is added to the sequence numbers of Sync and Follow_Up, for a wrap during a test.
  public var sequenceShift: UInt16 = 0
  /// An interval that is added to all times that the node sends: another epoch.
  public var epochShift: Interval = Interval(nanoseconds: 0)

  /// Seconds that are added to all times that the node sends, in 48 bits; may exceed the range of the clocks.
  public var secondsShift: UInt64 = 0

  /// The clock that the node published last.
  public internal(set) var published: DeviceClock
  /// The events that the node reported, with the simulated time in nanoseconds.
  public internal(set) var events: [(time: Int64, event: Event)] = []
  /// The messages that the node has sent, with the simulated time in nanoseconds, if ``keepsSent`` is true.
  public internal(set) var sent: [(time: Int64, message: Message)] = []
  public var keepsSent = false

  public init(_ clock: OrdinaryClock, _ oscillator: Oscillator, noise: TimestampNoise = .init()) {
    self.clock = clock
    self.oscillator = oscillator
    self.noise = noise
    published = clock.servo.clock
  }

  /// The state of the port.
  public var state: PortState { clock.state }

  /// Returns the time of the first matching event at or after `time`; nil if there is none.
  public func first(after time: Int64 = 0, where matches: (Event) -> Bool) -> Int64? {
    events.first { $0.time >= time && matches($0.event) }?.time
  }
}
