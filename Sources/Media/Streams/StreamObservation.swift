// SPDX-License-Identifier: MIT
package import ControlAPI
internal import Device
internal import EventLog
internal import LinuxIO
internal import Logging
internal import MediaClock
internal import StreamHealth
internal import Synchronization

/// The last 256 alarms.
struct AlarmLog {
  private static let maximumCount = 256

  private var collector = AlarmCollector()
  private(set) var alarms: [Alarm] = []

  /// Takes the condition of every stream, and returns the alarms that result.
  mutating func advance(_ conditions: [StreamCondition], at now: MonotonicInstant) -> [Alarm] {
    let new = collector.advance(conditions, at: now, unixMilliseconds: UnixTime.milliseconds)
    alarms += new
    if alarms.count > Self.maximumCount { alarms.removeFirst(alarms.count - Self.maximumCount) }
    return new
  }
}

/// The health of the streams, which the network thread checks four times a second.
extension StreamService {
  /// The time between two checks.
  static var lookInterval: Interval { .milliseconds(250) }

  /// Checks every stream, and raises alarms: in the log, in the list of alarms, and to their recipients.
  func observe(at now: MonotonicInstant) {
    let surroundings = surroundings
    let conditions = streams.withLock { table in
      table.observe(surroundings, at: now)
      return table.conditions(at: now)
    }
    let refused = Set(conditions.filter(\.isRefused).map(\.name))
    for alarm in alarmLog.withLock({ $0.advance(conditions, at: now) }) {
      // The follower of a session logs why its description cannot be received, and each new reason.
      let isWritten =
        alarm.state == ReceiverState.notReceivable.rawValue && refused.isSuperset(of: alarm.streams)
      if !isWritten {
        logger.record(
          alarm.event, alarm.text,
          [
            .stream: alarm.streams.joined(separator: ", "), .direction: alarm.direction.rawValue,
            .streamState: alarm.state, .reason: alarm.cause,
          ])
      }
      takeAlarm(alarm)
    }
  }

  /// The facts beside the streams that checks need.
  var surroundings: StreamSurroundings {
    StreamSurroundings(
      clock: device.clock, startReason: clockObstacle()?.text, clockProblem: clockLoss())
  }

  /// The last alarms, the oldest first.
  package func alarms(after number: UInt64) -> [Alarm] {
    alarmLog.withLock { $0.alarms.filter { $0.number > number } }
  }
}

extension Alarm {
  /// Its class in the log.
  fileprivate var event: EventClass {
    guard kind == .began else { return .streamRuns }
    switch direction {
    case .sender:
      return switch SenderState(rawValue: state) {
      case .addressConflict: .addressConflict
      case .sending: .streamImpaired
      default: .streamWaits
      }
    case .receiver:
      return switch ReceiverState(rawValue: state) {
      case .silent: .streamSilent
      case .notReceivable: .streamNotReceivable
      case .late, .lossy, .unsynchronised, .receiving: .streamImpaired
      default: .streamWaits
      }
    }
  }
}
