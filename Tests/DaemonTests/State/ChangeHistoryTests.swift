// SPDX-License-Identifier: MIT
import ControlAPI
import DaemonConfiguration
import Testing
import YAML

@testable import Daemon

/// The changes that can be undone, and their descriptions.
@Suite struct ChangeHistoryTests {
  private func started() throws -> (Overrides, Configuration) {
    let file = try Configuration(reading: Node(yaml: "layout: {host: 1}"), file: "aes67d.yaml")
    var overrides = Overrides()
    overrides.follow(file)
    return (overrides, file)
  }

  private func text(_ change: (inout Overrides, Configuration) -> Void) throws -> String {
    var (overrides, file) = try started()
    let before = overrides
    change(&overrides, file)
    var history = ChangeHistory()
    history.add(from: before, to: overrides, unixSeconds: 7)
    #expect(history.last?.before == (history.changes.isEmpty ? nil : before))
    return history.changes.first?.text ?? ""
  }

  @Test func eachKindOfChangeHasADescription() throws {
    #expect(try text { _, _ in } == "")
    #expect(
      try text { overrides, _ in overrides.settings["network.dscp"] = "46" }
        == "network.dscp set to 46")
    #expect(
      try text { overrides, _ in overrides.settings["profile"] = "low-latency" }
        == "profile set to low-latency")
    #expect(
      try text { overrides, _ in
        overrides.receivers.added(
          overrides.newID(), said: ["name"], keys: ["name": "Talkback", "port": "5004"])
      } == "receiver Talkback added")
    #expect(
      try text { overrides, file in
        overrides.senders.changed(
          StreamID(1), said: ["port"], keys: ["port": "6000"], file: file.senders)
      } == "sender host 1 stream 1 changed")
    #expect(
      try text { overrides, _ in overrides.senders.removed(StreamID(2)) }
        == "sender host 1 stream 2 removed")
    // An id that was used is not a change by itself.
    #expect(try text { overrides, _ in _ = overrides.newID() } == "")
  }

  @Test func aSubscriptionThatReplacesAnotherIsOneChange() throws {
    var (overrides, _) = try started()
    let old = overrides.newID()
    overrides.receivers.added(old, said: ["name"], keys: ["name": "Choir"])
    let before = overrides
    overrides.receivers.added(overrides.newID(), said: ["name"], keys: ["name": "Talkback"])
    overrides.receivers.removed(old)
    #expect(overrides.changes(since: before) == "receiver Talkback added, receiver Choir removed")
    #expect(before.changes(since: overrides) == "receiver Choir added, receiver Talkback removed")
    var reset = overrides
    reset.reset()
    #expect(reset.changes(since: overrides) == "receiver Talkback removed")
  }

  @Test func theLastTwentyAreKept() throws {
    var (overrides, _) = try started()
    var history = ChangeHistory()
    for number in 1...25 {
      let before = overrides
      overrides.settings["network.ttl"] = "\(number)"
      history.add(from: before, to: overrides, unixSeconds: Int64(number))
    }
    #expect(history.changes.count == 20)
    #expect(history.changes.first?.text == "network.ttl set to 25")
    #expect(history.changes.last?.unixSeconds == 6)
    for number in (5...24).reversed() {
      #expect(history.last?.before.settings["network.ttl"] == "\(number)")
      history.removeLast()
    }
    #expect(history.last == nil)
  }
}
