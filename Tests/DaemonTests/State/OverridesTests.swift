// SPDX-License-Identifier: MIT
import DaemonConfiguration
import Testing
import YAML

@testable import Daemon

/// What was changed at run time, over a file that says something else; and who is who through all of it.
@Suite struct OverridesTests {
  private static let file = """
    senders:
      - {name: one, address: 239.1.1.1, channels: 2}
      - {name: two, address: auto, first-channel: 9}
    receivers:
      - {name: a, address: 239.1.2.1}
      - {name: b, session: Stage left, first-channel: 9}
    """

  private func read(_ text: String = file) throws -> Configuration {
    try Configuration(reading: Node(yaml: text), file: "aes67d.yaml")
  }

  private func started(_ text: String = file) throws -> Overrides {
    var overrides = Overrides()
    overrides.follow(try read(text), insteadOf: nil)
    return overrides
  }

  private func ids(_ overrides: Overrides, _ text: String = file) throws -> [String: Int] {
    let streams = overrides.senders(of: try read(text)).streams
    return Dictionary(
      uniqueKeysWithValues: streams.map { ($0.configuration.name, $0.id.number) })
  }

  @Test func eachStreamHasAnIdentityThatARestartKeeps() throws {
    let first = try started()
    #expect(try ids(first) == ["one": 1, "two": 2])
    var again = first
    again.follow(try read(), insteadOf: nil)
    #expect(again == first)
  }

  @Test func aNewNameOrANewAddressIsTheSameStream() throws {
    var overrides = try started()
    let renamed = Self.file.replacing("name: one", with: "name: uno")
    overrides.follow(try read(renamed), insteadOf: try read())
    #expect(try ids(overrides, renamed) == ["uno": 1, "two": 2])
    let moved = renamed.replacing("239.1.1.1", with: "239.1.1.9")
    overrides.follow(try read(moved), insteadOf: try read(renamed))
    #expect(try ids(overrides, moved) == ["uno": 1, "two": 2])
    let other = moved.replacing("name: uno", with: "name: eins").replacing(
      "239.1.1.9", with: "239.1.1.8")
    overrides.follow(try read(other), insteadOf: try read(moved))
    // 3 and 4 are the receivers'.
    #expect(try ids(overrides, other) == ["eins": 5, "two": 2])
  }

  @Test func changesOutliveARestartAndTheFile() throws {
    let configuration = try read()
    var overrides = try started()
    var sender = configuration.senders[0]
    sender.name = "renamed"
    overrides.senders.changed(StreamID(1), keys: sender.keys, file: configuration.senders)
    overrides.receivers.removed(StreamID(3))
    var extra = configuration.senders[0]
    extra = try extra.applying(Node(["address": "239.9.9.9", "name": "extra"]), named: "request")
    let id = overrides.newID()
    overrides.senders.added(id, keys: extra.keys)
    overrides.follow(configuration, insteadOf: nil)
    let (streams, problems) = overrides.senders(of: configuration)
    #expect(problems.isEmpty)
    #expect(streams.map(\.id.number) == [1, 2, 5])
    #expect(streams.map(\.configuration.name) == ["renamed", "two", "extra"])
    #expect(overrides.receivers(of: configuration).streams.map(\.id.number) == [4])
    #expect(overrides.senders.overriddenNames(configuration.senders) == ["extra", "renamed"])
    // Back to what the file says: nothing is overridden any more.
    overrides.senders.changed(
      StreamID(1), keys: configuration.senders[0].keys, file: configuration.senders)
    overrides.senders.removed(id)
    #expect(overrides.senders.overriddenNames(configuration.senders) == [])
  }

  @Test func whatTheFileSaysDifferentlyAtAReloadIsWhatItSays() throws {
    let old = try read()
    var overrides = try started()
    var sender = old.senders[0]
    sender.payloadType = 100
    overrides.senders.changed(StreamID(1), keys: sender.keys, file: old.senders)
    let unrelated = Self.file.replacing(
      "first-channel: 9}\nreceivers", with: "first-channel: 17}\nreceivers")
    overrides.follow(try read(unrelated), insteadOf: old)
    #expect(overrides.senders(of: try read(unrelated)).streams[0].configuration.payloadType == 100)
    let changed = unrelated.replacing("channels: 2", with: "channels: 4")
    overrides.follow(try read(changed), insteadOf: try read(unrelated))
    let now = overrides.senders(of: try read(changed)).streams[0].configuration
    #expect(now.payloadType == 98 && now.channels == 4)
  }

  @Test func whatCannotBeIsLeftOutAndSaidButKept() throws {
    let configuration = try read()
    var overrides = try started()
    overrides.senders.added(StreamID(7), keys: ["name": "bad", "address": "none"])
    overrides.senders.added(StreamID(8), keys: ["name": "one", "address": "239.9.9.9"])
    overrides.senders.changed(
      StreamID(1), keys: ["name": "one", "channels": "65"], file: [SenderConfiguration]())
    let before = overrides
    let (streams, problems) = overrides.senders(of: configuration)
    // The file's own word holds where the override does not fit.
    #expect(streams.map(\.configuration.name) == ["one", "two"])
    #expect(problems.count == 3)
    #expect(
      problems.contains { $0.contains("bad") }
        && problems.contains { $0.contains("already a sender") })
    overrides.follow(configuration, insteadOf: nil)
    #expect(overrides == before)
  }

  @Test func resettingForgetsAllButWhoIsWho() throws {
    let configuration = try read()
    var overrides = try started()
    overrides.settings = ["ptp.domain": "4"]
    overrides.senders.removed(StreamID(1))
    overrides.senders.added(overrides.newID(), keys: ["name": "extra", "address": "239.9.9.9"])
    overrides.reset()
    #expect(overrides.settings.isEmpty)
    #expect(try ids(overrides) == ["one": 1, "two": 2])
    #expect(
      overrides.senders(of: configuration).streams.map(\.configuration) == configuration.senders)
  }

  @Test func whatAnEarlierVersionKeptIsTakenOver() throws {
    var former = Choices()
    former.settings = ["streams.greatest-packets": "4", "ptp.domain": "3"]
    former.senders.kept = [
      ["name": "two", "address": "239.7.7.7"], ["name": "extra", "address": "239.9.9.9"],
    ]
    former.senders.removed = ["one"]
    var overrides = Overrides(former)
    #expect(overrides.settings == ["streams.max-packets": "4", "ptp.domain": "3"])
    overrides.follow(try read(), insteadOf: nil)
    #expect(try ids(overrides) == ["two": 1, "extra": 2])
  }
}
