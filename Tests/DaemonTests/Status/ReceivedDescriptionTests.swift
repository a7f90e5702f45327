// SPDX-License-Identifier: MIT
import Addressing
import ControlAPI
import DaemonConfiguration
import Testing

@testable import Daemon

/// The description of the stream that a receiver receives.
@Suite struct ReceivedDescriptionTests {
  private func session(_ name: String, _ sdp: String, isOwn: Bool) -> SessionStatus {
    SessionStatus(
      origin: "- \(isOwn ? 1 : 2) 10.67.0.\(isOwn ? 1 : 2)", name: name, version: 1,
      announcer: "10.67.0.\(isOwn ? 1 : 2)", isOwn: isOwn, periodSeconds: nil, streams: [], sdp: sdp
    )
  }

  /// Sessions are sorted by name and origin, so that either may be the first.
  @Test(arguments: [true, false])
  func ofTwoSessionsWithOneNameItIsTheOtherHosts(isOwnFirst: Bool) {
    let both = [session("Stage", "ours", isOwn: true), session("Stage", "theirs", isOwn: false)]
    let status = SessionsStatus(sessions: isOwnFirst ? both : both.reversed())
    var receiver = ReceiverConfiguration()
    receiver.subscription = .session("Stage")
    #expect(status.description(of: receiver) == "theirs")
    #expect(status.description(ofSender: "Stage") == "ours")
    receiver.subscription = .session("- 1 10.67.0.1")
    #expect(status.description(of: receiver) == "ours")
  }
}
