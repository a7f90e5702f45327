// SPDX-License-Identifier: MIT
internal import ArgumentParser
internal import ControlAPI
internal import ControlClient

/// `aes67 clocks`: every clock that announces itself, and the winner of the election.
struct Clocks: Verb {
  static let configuration = CommandConfiguration(
    abstract: "Lists the PTP clocks on the network, and which one wins the election.",
    discussion: """
      The winner is listed first. Clocks are compared by priority 1, class, accuracy, variance, priority 2 and \
      identity, in this order; the lower value wins. To let another clock win, lower its priority 1, or raise \
      that of this host: aes67 configure ptp.priority1 200.

      Examples:
        aes67 clocks
        aes67 clocks --json
      """)

  @OptionGroup var connection: Connection

  @Flag(help: "Machine-readable JSON output.")
  var json = false

  func perform(_ client: ControlClient) throws {
    let report = try client.get("/v1/clocks", as: ClocksReport.self)
    if json { return try printJSON(report) }
    for line in ClocksLines.of(report) { print(line) }
  }
}

/// The clocks on the network as lines of text.
enum ClocksLines {
  static func of(_ report: ClocksReport) -> [String] {
    guard let domain = report.domain else {
      return ["PTP is off or has no network; aes67 status shows which clock this host uses"]
    }
    var table = Table(
      "CLOCK", ">PORT", ">PRIORITY 1", ">CLASS", ">ACCURACY", ">PRIORITY 2", ">STEPS",
      "TIME SOURCE", ">LAST HEARD", "STATE")
    for clock in report.clocks {
      table.add(
        clock.clockIdentity, clock.isOwn ? "" : "\(clock.port)", "\(clock.priority1)",
        "\(clock.clockClass)", "0x\(String(clock.clockAccuracy, radix: 16, uppercase: true))",
        "\(clock.priority2)", "\(clock.stepsRemoved)", clock.timeSourceText,
        clock.lastHeardMilliseconds.map { "\(Text.fixed(Double($0) / 1000, 1)) s" } ?? "",
        state(of: clock))
    }
    var lines = ["domain \(domain)"] + table.lines
    if report.clocks.allSatisfy(\.isOwn) {
      lines.append("no other clock is announced in this domain")
    }
    if let other = report.otherDomain {
      lines.append("another clock is announced in domain \(other), which this host does not use")
    }
    return lines
  }

  private static func state(of clock: HeardClockStatus) -> String {
    let parts = [
      clock.isOwn ? "this host" : nil, clock.wins ? "wins" : nil,
      clock.isFollowed ? "followed" : nil,
      clock.isCandidate ? nil : clock.isOwn ? "follows only" : "not heard often enough",
      clock.grandmaster == clock.clockIdentity ? nil : "time of \(clock.grandmaster)",
    ]
    return parts.compactMap(\.self).joined(separator: ", ")
  }
}
