// SPDX-License-Identifier: MIT
internal import Addressing
internal import ControlAPI
internal import PTP

extension PTPStatus {
  /// The present status of the clock.
  init(_ clock: OrdinaryClock, refusedSends: UInt64, rejoins: UInt64) {
    self.init(
      state: "\(clock.state)",
      domain: clock.settings.domainNumber,
      clockIdentity: clock.settings.clockIdentity.description,
      grandmaster: clock.parentDataSet.grandmasterIdentity.description,
      priority1: Int(clock.parentDataSet.grandmasterPriority1),
      stepsRemoved: Int(clock.stepsRemoved),
      locked: clock.servo.isLocked,
      offsetNanoseconds: clock.servo.offset,
      jitterNanoseconds: clock.servo.jitter,
      accuracyNanoseconds: clock.servo.accuracy,
      pathDelayNanoseconds: clock.servo.meanPathDelay,
      ratePartsPerBillion: clock.servo.rate,
      timestamps: clock.settings.timestamps.rawValue,
      rebases: clock.servo.rebases,
      lastRebase: clock.servo.lastRebase.map {
        Rebase(frames: $0.frames, cause: $0.cause.rawValue)
      },
      counters: PTPCounters(clock, refusedSends: refusedSends, rejoins: rejoins))
  }
}

extension PTPCounters {
  init(_ clock: OrdinaryClock, refusedSends: UInt64, rejoins: UInt64) {
    func named(_ counts: [UInt64]) -> [String: UInt64] {
      let pairs = MessageType.allCases.map { ("\($0)", counts[Int($0.rawValue)]) }
      return Dictionary(uniqueKeysWithValues: pairs.filter { $0.1 > 0 })
    }
    let counters = clock.counters
    self.init(
      received: named(counters.received), sent: named(counters.sent), refusedSends: refusedSends,
      rejoins: rejoins,
      malformed: counters.malformed, foreign: counters.foreign, otherDomain: counters.otherDomain,
      own: counters.own, notParent: counters.notParent, announcesRefused: counters.announcesRefused,
      nonsense: counters.nonsense,
      unmatched: counters.unmatched, copies: counters.copies, outliers: clock.servo.outliers,
      missingReceiveStamps: counters.missingReceiveStamps,
      missingTransmitStamps: counters.missingTransmitStamps,
      requestsRefused: counters.requestsRefused)
  }
}
