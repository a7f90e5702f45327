// SPDX-License-Identifier: MIT
internal import ControlAPI
internal import LinuxIO
internal import Notation

/// One stream in doctor and status.
struct Trouble {
  var name: String
  /// The state and its cause.
  var words: String
  /// The time since which it holds, in milliseconds of Unix time.
  var since: Int64
  var level: HealthLevel
  /// Streams with the same key are reported together.
  var key: String
  /// The exact way to fix it.
  var fix: String

  /// One finding for all streams with the same problem, or one that all are healthy.
  ///
  /// - Parameter well: the state of healthy streams: `receiving`.
  static func findings(_ check: String, _ streams: [Trouble], well: String) -> [Finding] {
    let active = streams.filter { $0.level != .inactive }
    let troubled = active.filter { $0.level != .healthy }
    var findings: [Finding] = []
    var reported: Set<String> = []
    for trouble in troubled where reported.insert(trouble.key).inserted {
      let same = troubled.filter { $0.key == trouble.key }
      let first = same.map(\.since).min() ?? trouble.since
      let names =
        same.count == 1 ? trouble.name : "\(same.count) of \(active.count) (\(trouble.name), ...)"
      let seen = "\(names): \(trouble.words), since \(TimeOfDay.text(of: first).prefix(8))"
      findings.append(
        trouble.level == .unhealthy
          ? .fail(check, seen, fix: trouble.fix) : .warning(check, seen, fix: trouble.fix))
    }
    let inactive = streams.count - active.count
    let off = inactive > 0 ? ", \(inactive) disabled" : ""
    if findings.isEmpty { findings = [.ok(check, "\(active.count) \(well)\(off)")] }
    return findings
  }
}

/// The fixes for streams with problems.
enum StreamFixes {
  static func of(_ stream: SenderStatus) -> String {
    switch stream.state {
    case .sending, .disabled: "`aes67 stats` shows how much"
    case .addressConflict:
      "aes67 stream edit \(stream.name.shellWord) --address auto, or change the other device"
    case .noNetwork: "see the interface check"
    case .refused: "start the receiving program or device at \(stream.address):\(stream.port)"
    case .waitingForClock: "see the grandmaster check"
    case .waiting: "it starts by itself once the cause is gone"
    }
  }

  static func of(_ stream: ReceiverStatus) -> String {
    switch stream.state {
    case .receiving, .disabled: "nothing"
    case .silent:
      "check that the sender runs and sends to \(stream.address):\(stream.port); that the VLAN has an IGMP"
        + " querier if switches use IGMP snooping; and see the firewall check"
    case .late: lateFix(stream)
    case .lossy:
      "look for an overloaded link or switch port, Wi-Fi or a bad cable: `ethtool -S INTERFACE` counts errors"
    case .unsynchronised: "let the sender and this host follow the same PTP grandmaster and domain"
    case .waiting: "aes67 list shows which sessions are announced"
    case .noNetwork: "see the interface check"
    case .notReceivable:
      "subscribe to the stream's session (aes67 list), so that its format is followed"
    }
  }

  private static func lateFix(_ stream: ReceiverStatus) -> String {
    let now = "now \(Text.fixed(Double(stream.linkOffsetFrames) / 48, 1)) ms"
    guard let needed = stream.timing.neededLinkOffsetFrames, needed > stream.linkOffsetFrames else {
      return "aes67 configure streams.link-offset with a longer time (\(now))"
    }
    return "aes67 configure streams.link-offset \((needed + 47) / 48)ms (\(now))"
  }
}
