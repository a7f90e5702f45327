// SPDX-License-Identifier: MIT
internal import MediaClock
internal import SeededRandom

/// The election of the master: Announces, decisions and their consequences (9.2, 9.3).
extension OrdinaryClock {
  mutating func receive(_ announce: Announce, _ header: Header, at now: MonotonicInstant) {
    // 9.3.2.5; alternate masters are not elected.
    guard announce.stepsRemoved < 255, !header.flags.contains(.alternateMaster),
      announce.grandmasterIdentity != defaultDataSet.clockIdentity
    else {
      counters.announcesRefused += 1
      return
    }
    let sender = header.sourcePortIdentity
    if sender == parent { following?.announces += 1 }
    let outcome = foreignMasters.hear(
      announce, header, at: now, logAnnounceInterval: settings.logAnnounceInterval, parent: parent)
    guard outcome == .heard else {
      counters.announcesRefused += 1
      return
    }
    let isPromising =
      state == .listening || state == .passive
      ? !Rank(defaultDataSet).compared(to: Rank(announce, from: sender, at: portIdentity)).isBetter
      : sender == parent
    if isPromising { restartAnnounceReceipt(heard: header.announceLogInterval, at: now) }
    elect(at: now)
  }

  /// The state decision event (9.2.6.8).
  private mutating func elect(at now: MonotonicInstant) {
    let best = foreignMasters.best(
      at: now, receiver: portIdentity, logAnnounceInterval: settings.logAnnounceInterval,
      parent: parent)
    let rank = best.map { Rank($0.announce, from: $0.identity, at: portIdentity) }
    switch Decision(own: defaultDataSet, best: rank, isListening: state == .listening) {
    case .undecided: break
    case .master: if state != .master { lead(at: now) }
    case .passive: if state != .passive { keepQuiet(at: now) }
    case .slave: if let best { follow(best, at: now) }
    }
  }

  // MARK: Changes of state

  /// Waits for masters: at the start, or when a slave-only clock has lost its own.
  mutating func listen(at now: MonotonicInstant) {
    stopFollowing()
    timers = Timers()
    enter(.listening)
    restartAnnounceReceipt(heard: nil, at: now)
  }

  private mutating func lead(at now: MonotonicInstant) {
    stopFollowing()
    timers = Timers()
    timers.announce = now
    timers.sync = now
    servo.lead(at: now)
    enter(.master)
    describeSelf()
    reportGrandmaster()
    afterServo(at: now)
  }

  private mutating func keepQuiet(at now: MonotonicInstant) {
    stopFollowing()
    timers = Timers()
    servo.release(at: now)
    enter(.passive)
    describeSelf()
    restartAnnounceReceipt(heard: nil, at: now)
    afterServo(at: now)
  }

  private mutating func follow(_ master: ForeignMaster, at now: MonotonicInstant) {
    parentDataSet = ParentDataSet(master.announce, from: master.identity)
    stepsRemoved = master.announce.stepsRemoved + 1
    timeProperties = TimePropertiesDataSet(
      currentUtcOffset: master.announce.currentUtcOffset, flags: master.flags,
      timeSource: master.announce.timeSource)
    if parent != master.identity {
      stopFollowing()
      timers = Timers()
      parent = master.identity
      following = FollowingRecord(since: now)
      logSyncInterval = settings.logSyncInterval
      logMinDelayReqInterval = settings.logMinDelayReqInterval
      servo.select(at: now)
      enter(.uncalibrated)
      restartAnnounceReceipt(heard: master.logAnnounceInterval, at: now)
      afterServo(at: now)
    }
    adoptTimeProperties()
    reportGrandmaster()
  }

  mutating func stopFollowing() {
    parent = nil
    following = nil
    syncMatcher.reset()
    delayExchange.reset()
  }

  /// Describes this clock as parent and grandmaster, because it follows no master. Its time continues, so that
  /// its scale is that of the last master, if there was one; but the time is no longer known to be correct. A
  /// leap second that the master stated is not announced, because it counts for that day only.
  mutating func describeSelf() {
    parentDataSet = ParentDataSet(grandmaster: defaultDataSet)
    stepsRemoved = 0
    timeProperties = settings.timeProperties(hostClock)
    if let adopted = adoptedTimeProperties {
      timeProperties.currentUtcOffset = adopted.currentUtcOffset
      timeProperties.flags = adopted.flags.intersection(.ptpTimescale)
      timeProperties.timeSource = 0xA0
    }
  }

  /// Reports the grandmaster that streams announce.
  private mutating func reportGrandmaster() {
    let grandmaster = parentDataSet.grandmasterIdentity
    guard reportedGrandmaster != grandmaster else { return }
    reportedGrandmaster = grandmaster
    queue.append(.report(.grandmaster(grandmaster)))
  }

  // MARK: Silence

  /// Restarts the timeout for the next Announce of the parent, or of any clock: so many of the longer of its
  /// interval and ours, and a random part of one more, so that clocks do not all wake at once (BMC-06, BMC-07).
  private mutating func restartAnnounceReceipt(heard: Int?, at now: MonotonicInstant) {
    let log = max(settings.logAnnounceInterval, heard ?? settings.logAnnounceInterval)
    let interval = Interval(logSeconds: log)
    timers.announceReceipt =
      now + interval * Int64(settings.announceReceiptTimeout)
      + interval.scaled(by: generator.fraction())
  }

  /// Follows the next best master at once, if there is one.
  mutating func announceReceiptExpired(at now: MonotonicInstant) {
    timers.announceReceipt = nil
    if let parent { foreignMasters.forget(parent) }
    parent = nil
    following = nil
    let best = foreignMasters.best(
      at: now, receiver: portIdentity, logAnnounceInterval: settings.logAnnounceInterval,
      parent: nil)
    if best != nil {
      elect(at: now)
    } else if settings.mode == .slave {
      listen(at: now)
      describeSelf()
      servo.release(at: now)
      afterServo(at: now)
    } else {
      lead(at: now)
    }
  }
}
