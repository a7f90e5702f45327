// SPDX-License-Identifier: MIT
public import MediaClock
internal import SeededRandom

/// An IEEE 1588-2008 ordinary clock of one port, end to end, without sockets and without time of its
/// own: messages, stamps and the time come as arguments, and what it wants done goes out as actions.
///
/// After every call, ask `nextAction` until it has none; call `advance` at the `deadline`. All stamps
/// are CLOCK_MONOTONIC. In each state, what leads out of it (9.2.5, figure 24):
///
///     initializing   link up -> listening
///     listening      better master -> uncalibrated (passive, of class 1...127)
///                    worse master, or silence -> master; slave-only stays
///     uncalibrated   servo locks -> slave; better master -> uncalibrated; silence -> as listening
///     slave          servo loses its lock -> uncalibrated; and as uncalibrated
///     passive        silence -> master
///     master         better master -> uncalibrated (passive)
///     all            link down -> faulty; faulty: link up -> listening
///
/// PRE_MASTER is passed through: its qualification time is zero for the decisions M1 and M2 (BMC-08),
/// and M3 needs a second port.
public struct OrdinaryClock: Sendable {
  public let settings: Settings
  public internal(set) var state: PortState = .initializing
  public internal(set) var counters = Counters()
  public internal(set) var servo: Servo
  /// Whom this clock follows; nil when nobody.
  public internal(set) var parent: PortIdentity?
  /// What has passed between this clock and its parent; nil when nobody is followed.
  public internal(set) var following: FollowingRecord?
  /// Somebody else with our identity; nil when nobody was heard lately.
  public internal(set) var lookalike: Lookalike?
  /// Another domain in which Announces are heard; the last one.
  public internal(set) var otherDomain: Int?
  /// What is known of the time scale.
  public internal(set) var timeProperties: TimePropertiesDataSet
  /// Parent and grandmaster, or this clock itself (8.2.3).
  public internal(set) var parentDataSet: ParentDataSet
  public internal(set) var stepsRemoved: UInt16 = 0

  public internal(set) var defaultDataSet: DefaultDataSet
  var hostClock: HostClock
  /// The time scale of the last master that this clock was locked to; its time goes on in ours.
  var adoptedTimeProperties: TimePropertiesDataSet?
  var reportedGrandmaster: ClockIdentity?
  let portIdentity: PortIdentity
  var foreignMasters = ForeignMasters()
  var timers = Timers()
  var generator: SeededGenerator
  var queue = ActionQueue()

  // As slave.
  var syncMatcher = SyncMatcher()
  var delayExchange = DelayExchange()
  /// In log2 seconds, as the parent says.
  var logSyncInterval: Int
  var logMinDelayReqInterval: Int

  // As master.
  /// Sync stamps that failed to come, in a row.
  var missingStamps = 0
  /// The last resort: Sync carries a time taken before it is sent, and has no Follow_Up.
  public internal(set) var stampsBeforeSending = false
  var delayRespAllowance = TokenBucket(burst: 256, perSecond: 2_048)
  var managementAllowance = TokenBucket(burst: 32, perSecond: 64)

  // One counter for each type of message (MSG-03).
  var announceSequence: UInt16 = 0
  var syncSequence: UInt16 = 0
  var delayReqSequence: UInt16 = 0

  public let sampleRate: SampleRate

  /// - Parameters:
  ///   - clock: the device clock as it is published now.
  ///   - isInUse: streams run by `clock` already, so that small distances from a master are slewed away.
  ///   - seed: of the random pacing; another one for every clock of a network.
  public init(
    settings: Settings, clock: DeviceClock, isInUse: Bool = false,
    sampleRate: SampleRate = .hz48000, seed: UInt64
  ) throws(SettingsError) {
    try settings.check()
    self.settings = settings
    self.sampleRate = sampleRate
    portIdentity = PortIdentity(clockIdentity: settings.clockIdentity, portNumber: 1)
    hostClock = settings.hostClock
    defaultDataSet = settings.defaultDataSet(settings.hostClock)
    parentDataSet = ParentDataSet(grandmaster: defaultDataSet)
    timeProperties = settings.timeProperties(settings.hostClock)
    servo = Servo(
      clock: clock, sampleRate: sampleRate, timestamps: settings.timestamps, isInUse: isInUse)
    generator = SeededGenerator(seed: seed)
    logSyncInterval = settings.logSyncInterval
    logMinDelayReqInterval = settings.logMinDelayReqInterval
  }

  // MARK: The five verbs, and the link

  /// When `advance` is to be called next; nil for never.
  public var deadline: MonotonicInstant? {
    [timers.earliest, servo.deadline].compactMap(\.self).min()
  }

  public mutating func nextAction() -> Action? { queue.next() }

  public mutating func advance(to now: MonotonicInstant) {
    if Timers.isDue(timers.announceReceipt, at: now) { announceReceiptExpired(at: now) }
    if let tick = timers.announce, tick <= now {
      timers.announce = Timers.next(
        after: tick, interval: Interval(logSeconds: settings.logAnnounceInterval), now: now)
      sendAnnounce()
    }
    if let tick = timers.sync, tick <= now {
      timers.sync = Timers.next(
        after: tick, interval: Interval(logSeconds: settings.logSyncInterval), now: now)
      sendSync(at: now)
    }
    if Timers.isDue(timers.delayReq, at: now) { sendDelayReq(at: now) }
    if let deadline = servo.deadline, deadline <= now {
      servo.advance(to: now)
      afterServo(at: now)
    }
  }

  /// The stamp of the datagram that came with the token; nil when none came in 10 ms.
  public mutating func transmitted(
    _ token: consuming TransmitToken, at stamp: MonotonicInstant?, now: MonotonicInstant
  ) {
    // A stamp from before its message, or long after it, is another message's.
    let trueStamp = stamp.flatMap { $0 >= token.made && $0 - token.made < .seconds(1) ? $0 : nil }
    switch token.kind {
    case .sync(let sequenceId): syncTransmitted(sequenceId, at: trueStamp)
    case .delayReq(let sequenceId):
      if trueStamp == nil { counters.missingTransmitStamps += 1 }
      if let measurement = delayExchange.sent(sequenceId, at: trueStamp) {
        measured(measurement, at: now)
      }
    }
  }

  /// The datagram that came with the token was not sent: nobody has it, and nothing is known of stamps.
  public mutating func refused(_ token: consuming TransmitToken) {
    if case .delayReq(let sequenceId) = token.kind { _ = delayExchange.sent(sequenceId, at: nil) }
  }

  /// The network interface came up or went down (BMC-12).
  public mutating func link(isUp: Bool, at now: MonotonicInstant) {
    if isUp {
      guard state == .initializing || state == .faulty else { return }
      // It may be another interface, which has stamps.
      stampsBeforeSending = false
      missingStamps = 0
      listen(at: now)
    } else {
      guard state != .faulty else { return }
      stopFollowing()
      foreignMasters = ForeignMasters()
      timers = Timers()
      servo.release(at: now)
      enter(.faulty)
      afterServo(at: now)
    }
  }

  /// The host learned something of its own clock: what we announce changes, our time does not (GM-06).
  public mutating func describe(_ hostClock: HostClock) {
    guard hostClock != self.hostClock else { return }
    self.hostClock = hostClock
    defaultDataSet = settings.defaultDataSet(hostClock)
    guard parent == nil else { return }
    describeSelf()
  }

  // MARK: Common

  func send(_ message: Message, to destination: Datagram.Destination) -> Datagram {
    Datagram(bytes: message.bytes, destination: destination)
  }

  mutating func enter(_ new: PortState) {
    guard state != new else { return }
    state = new
    queue.append(.report(.state(new)))
  }

  /// Passes on what the servo has done.
  mutating func afterServo(at now: MonotonicInstant) {
    while let event = servo.nextEvent() {
      switch event {
      case .locked: queue.append(.report(.locked))
      case .unlocked: queue.append(.report(.unlocked))
      case .rebased(let rebase): queue.append(.report(.rebased(rebase)))
      case .inaccurate(let within): queue.append(.report(.inaccurate(within: within)))
      }
    }
    if state == .uncalibrated, servo.isLocked {
      adoptedTimeProperties = timeProperties
      enter(.slave)
    }
    if state == .slave, !servo.isLocked { enter(.uncalibrated) }
    queue.publish(servo.clock)
  }
}
