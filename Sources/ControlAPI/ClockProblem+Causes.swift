// SPDX-License-Identifier: MIT

/// The texts of the causes, each with its remedy.
extension ClockProblem {
  public static let starting = ClockProblem(.starting, .blocking, "the clock is starting")

  /// - Parameter reason: the interface that the clock waits for, and why.
  public static func noInterface(_ reason: String) -> ClockProblem {
    ClockProblem(
      .noInterface, .blocking, reason,
      remedy: "connect the cable, assign an IPv4 address, or set network.interface")
  }

  /// - Parameter reason: the kernel's error and its remedy.
  public static func portsUnavailable(_ reason: String) -> ClockProblem {
    ClockProblem(.portsUnavailable, .blocking, reason, remedy: "PTP then starts by itself")
  }

  /// - Parameters:
  ///   - seconds: the time since the port began to listen.
  ///   - otherDomain: a domain in which Announces were received meanwhile.
  public static func noGrandmaster(
    domain: Int, seconds: Int64, otherDomain: Int?
  ) -> ClockProblem {
    var figures = ["domain": Int64(domain), "seconds": seconds]
    var sentence = "no grandmaster was heard in PTP domain \(domain) for \(seconds) s"
    var remedy =
      "check that one runs and that switches forward 224.0.1.129 (UDP 319 and 320) to this host;"
      + " ptp.mode: auto lets this host lead if no other clock does"
    if let otherDomain {
      figures["otherDomain"] = Int64(otherDomain)
      sentence += ", but one is heard in domain \(otherDomain)"
      remedy = "set ptp.domain: \(otherDomain), or the grandmaster's domain to \(domain)"
    }
    return ClockProblem(.noGrandmaster, .blocking, sentence, remedy: remedy, figures: figures)
  }

  public static func noSync(_ grandmaster: String, announces: UInt64) -> ClockProblem {
    ClockProblem(
      .noSync, .blocking,
      "the grandmaster \(grandmaster) announces itself, but sends no Sync (\(announces) Announce,"
        + " 0 Sync)",
      remedy: "allow UDP 319 from 224.0.1.129 in firewalls and switches, or repair the grandmaster",
      figures: ["announces": Int64(clamping: announces), "syncs": 0])
  }

  public static func noFollowUp(_ grandmaster: String, syncs: UInt64) -> ClockProblem {
    ClockProblem(
      .noFollowUp, .blocking,
      "the grandmaster \(grandmaster) sends no usable Follow_Up (\(syncs) two-step Sync, 0 completed)",
      remedy:
        "check the grandmaster: it possibly lacks transmit timestamps (ptp4l logs a timeout then)",
      figures: ["syncs": Int64(clamping: syncs), "followUps": 0])
  }

  /// - Parameter level: a warning if earlier answers are still usable.
  public static func noDelayResponse(
    _ grandmaster: String, asked: UInt64, _ level: Level = .blocking
  ) -> ClockProblem {
    ClockProblem(
      .noDelayResponse, level,
      "the grandmaster \(grandmaster) does not answer our delay requests (\(asked) sent, 0 answered)",
      remedy:
        "allow UDP 319 and 320 in both directions, and multicast to 224.0.1.129 from this host,"
        + " in firewalls, access lists and switches; the grandmaster must use the E2E delay mechanism",
      figures: ["asked": Int64(clamping: asked), "answered": 0])
  }

  public static func peerDelay(
    _ grandmaster: String, asked: UInt64, heard: UInt64
  ) -> ClockProblem {
    ClockProblem(
      .peerDelay, .blocking,
      "the grandmaster \(grandmaster) measures by peer delay and does not answer our delay requests"
        + " (\(asked) sent, 0 answered, \(heard) Pdelay_Req heard)",
      remedy: "set its delay mechanism to end-to-end (E2E), as AES67 requires",
      figures: [
        "asked": Int64(clamping: asked), "answered": 0, "peerRequests": Int64(clamping: heard),
      ])
  }

  public static func measuring(_ grandmaster: String, seconds: Int64) -> ClockProblem {
    ClockProblem(
      .measuring, .blocking, "the grandmaster \(grandmaster) is being measured, for \(seconds) s",
      figures: ["seconds": seconds])
  }

  /// - Parameter scatter: of the Syncs, in nanoseconds.
  public static func unsteady(_ grandmaster: String, scatter: Double?) -> ClockProblem {
    let size = scatter.map { " (median \(duration($0)))" } ?? ""
    return ClockProblem(
      .unsteady, .blocking,
      "the time of the grandmaster \(grandmaster) scatters too much for an estimate\(size)",
      remedy: "use a grandmaster with hardware timestamps, and switches with QoS for PTP (DSCP 46)",
      figures: scatter.map { ["scatter": rounded($0)] } ?? [:])
  }

  /// - Parameters:
  ///   - accuracy: the maximum error of our clock against the grandmaster's, in nanoseconds.
  ///   - scatter: of the Syncs, in nanoseconds.
  ///   - isUsed: true if senders run with this clock nevertheless.
  public static func inaccurate(
    _ grandmaster: String, accuracy: Double, scatter: Double?, isUsed: Bool
  ) -> ClockProblem {
    let by = scatter.map { ", whose Syncs scatter by \(duration($0))" } ?? ""
    var figures = ["accuracy": rounded(accuracy)]
    if let scatter { figures["scatter"] = rounded(scatter) }
    return ClockProblem(
      .inaccurate, isUsed ? .warning : .blocking,
      "the clock follows the grandmaster \(grandmaster)\(by) only within \(duration(accuracy))"
        + (isUsed ? "; senders run with that accuracy" : ""),
      remedy: "use a grandmaster with hardware timestamps, and switches with QoS for PTP (DSCP 46)",
      figures: figures)
  }

  /// - Parameter reason: the error and its remedy.
  public static func externalClock(_ reason: String) -> ClockProblem {
    ClockProblem(
      .externalClock, .blocking, reason, remedy: "the clock is followed as soon as it can be read")
  }

  /// - Parameter delay: the path delay, which is negative, in nanoseconds.
  public static func negativeDelay(_ grandmaster: String, delay: Double) -> ClockProblem {
    ClockProblem(
      .negativeDelay, .warning,
      "the path delay to the grandmaster \(grandmaster) is negative, \(duration(delay)): one side"
        + " corrects its timestamps by too much",
      remedy: "check latency corrections, such as egressLatency and ingressLatency of ptp4l, and"
        + " transparent clocks on the way",
      figures: ["delay": rounded(delay)])
  }

  /// - Parameter address: the source of the messages.
  public static func sameIdentity(
    _ identity: String, address: String, messages: UInt64
  ) -> ClockProblem {
    ClockProblem(
      .sameIdentity, .warning,
      "another host, \(address), has the same clock identity as this one, \(identity) (\(messages) of its"
        + " messages heard): the two ignore each other",
      remedy: "give one of them another ptp.clock-identity or Ethernet address",
      figures: ["messages": Int64(clamping: messages)])
  }

  public static func ownMessages(_ messages: UInt64) -> ClockProblem {
    ClockProblem(
      .ownMessages, .warning,
      "PTP messages with our own address and clock identity are heard (\(messages)): they come back, or"
        + " another PTP program runs on this host",
      remedy: "look for a loop in the network or a mirrored switch port, or give this clock another"
        + " ptp.clock-identity",
      figures: ["messages": Int64(clamping: messages)])
  }

  public static func nobodyFollows(priority1: Int, seconds: Int64) -> ClockProblem {
    ClockProblem(
      .nobodyFollows, .note,
      "this host is grandmaster with priority1 \(priority1), and no device has asked for its time for"
        + " \(seconds) s",
      remedy:
        "a device with ptp4l -s and its default priority1 of 128 follows only if ptp.priority1"
        + " is 127 or less here, or if its own priority1 is 255",
      figures: ["priority1": Int64(priority1), "seconds": seconds])
  }

  private static func rounded(_ nanoseconds: Double) -> Int64 {
    Int64(exactly: nanoseconds.rounded()) ?? 0
  }

  /// Returns a time in words: `12 us`, `-5 us`, `340 ns`, `1.2 ms`.
  private static func duration(_ nanoseconds: Double) -> String {
    let size = abs(nanoseconds)
    if size < 1_000 { return "\(rounded(nanoseconds)) ns" }
    if size < 1_000_000 { return "\(rounded(nanoseconds / 1_000)) us" }
    let tenths = rounded(size / 100_000)
    return "\(nanoseconds < 0 ? "-" : "")\(tenths / 10).\(tenths % 10) ms"
  }
}
