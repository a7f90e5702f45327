// SPDX-License-Identifier: MIT
public import MediaClock
internal import SeededRandom

/// An IEEE 1588-2008 ordinary clock with one port, end to end, without sockets and without a time of its own:
/// messages, timestamps and the time are arguments, and requests are returned as actions.
///
/// After every call, read `nextAction` until there is none; call `advance` at the `deadline`. All timestamps
/// are CLOCK_MONOTONIC. The transitions of each state are (9.2.5, figure 24):
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
/// PRE_MASTER is skipped: its qualification time is zero for the decisions M1 and M2 (BMC-08), and M3 needs a
/// second port.
public struct OrdinaryClock: Sendable {
  public let settings: Settings
  public internal(set) var state: PortState = .initializing
  public internal(set) var counters = Counters()
  public internal(set) var servo: Servo
  /// The master that this clock follows; nil if there is none.
  public internal(set) var parent: PortIdentity?
  /// The messages exchanged with the parent; nil if no master is followed.
  public internal(set) var following: FollowingRecord?
  /// Another clock with our identity; nil if none was received lately.
  public internal(set) var lookalike: Lookalike?
  /// The last other domain in which Announces were received.
  public internal(set) var otherDomain: Int?
  /// The known properties of the time scale.
  public internal(set) var timeProperties: TimePropertiesDataSet
  /// The parent and its grandmaster, or this clock itself (8.2.3).
  public internal(set) var parentDataSet: ParentDataSet
  public internal(set) var stepsRemoved: UInt16 = 0

  public internal(set) var defaultDataSet: DefaultDataSet
  var hostClock: HostClock
  /// The time scale of the last master whose time this clock has shown, and continues.
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
  /// The interval of Syncs in log2 seconds, as the parent states it.
  var logSyncInterval: Int
  var logMinDelayReqInterval: Int

  // As master.
  /// The number of missing Sync timestamps in a row.
  var missingStamps = 0
  /// The last resort: a Sync carries a time that is taken before it is sent, and has no Follow_Up.
  public internal(set) var stampsBeforeSending = false
  var delayRespAllowance = TokenBucket(burst: 256, perSecond: 2_048)
  var managementAllowance = TokenBucket(burst: 32, perSecond: 64)

  // One counter for each type of message (MSG-03).
  var announceSequence: UInt16 = 0
  var syncSequence: UInt16 = 0
  var delayReqSequence: UInt16 = 0

  public let sampleRate: SampleRate

  /// - Parameters:
  ///   - clock: the published device clock.
  ///   - isInUse: true if streams already use `clock`, so that small distances from a master are slewed.
  ///   - seed: the seed of the random pacing; a different one for every clock of a network.
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

  /// The time of the next call of `advance`; nil for never.
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

  /// Takes the timestamp of the datagram with the token; nil if there was none within 10 ms.
  public mutating func transmitted(
    _ token: consuming TransmitToken, at stamp: MonotonicInstant?, now: MonotonicInstant
  ) {
    // A timestamp from before its message, or long after it, belongs to another message.
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

  /// Notes that the datagram with the token was not sent, which says nothing about timestamps.
  public mutating func refused(_ token: consuming TransmitToken) {
    if case .delayReq(let sequenceId) = token.kind { _ = delayExchange.sent(sequenceId, at: nil) }
  }

  /// Notes that the network interface came up or went down (BMC-12).
  public mutating func link(isUp: Bool, at now: MonotonicInstant) {
    if isUp {
      guard state == .initializing || state == .faulty else { return }
      // It may be another interface, which has timestamps.
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

  /// Takes the state of the host's own clock: our Announces change, our time does not (GM-06).
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

  /// Notes the time scale of the master whose time this clock shows.
  mutating func adoptTimeProperties() {
    if parent != nil, servo.isTracking { adoptedTimeProperties = timeProperties }
  }

  /// Reports the events of the servo.
  mutating func afterServo(at now: MonotonicInstant) {
    while let event = servo.nextEvent() {
      switch event {
      case .locked: queue.append(.report(.locked))
      case .unlocked: queue.append(.report(.unlocked))
      case .rebased(let rebase): queue.append(.report(.rebased(rebase)))
      case .inaccurate(let within): queue.append(.report(.inaccurate(within: within)))
      }
    }
    adoptTimeProperties()
    if state == .uncalibrated, servo.isLocked { enter(.slave) }
    if state == .slave, !servo.isLocked { enter(.uncalibrated) }
    queue.publish(servo.clock)
  }
}
