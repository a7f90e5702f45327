// SPDX-License-Identifier: MIT
import DaemonConfiguration
import MediaClock
import Testing
import YAML

@testable import Daemon

/// Changes at run time that override the configuration file, and the identities of the streams.
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
    overrides.follow(try read(text))
    return overrides
  }

  private func ids(_ overrides: Overrides, _ text: String = file) throws -> [String: Int] {
    let streams = overrides.senders(of: try read(text)).streams
    return Dictionary(
      uniqueKeysWithValues: streams.map { ($0.configuration.name, $0.id.number) })
  }

  @Test func eachStreamKeepsItsIdentityAcrossARestart() throws {
    let first = try started()
    #expect(try ids(first) == ["one": 1, "two": 2])
    var again = first
    again.follow(try read())
    #expect(again == first)
  }

  @Test func aStreamKeepsItsIdentityWithANewNameOrAddress() throws {
    var overrides = try started()
    let renamed = Self.file.replacing("name: one", with: "name: uno")
    overrides.follow(try read(renamed))
    #expect(try ids(overrides, renamed) == ["uno": 1, "two": 2])
    let moved = renamed.replacing("239.1.1.1", with: "239.1.1.9")
    overrides.follow(try read(moved))
    #expect(try ids(overrides, moved) == ["uno": 1, "two": 2])
    let other = moved.replacing("name: uno", with: "name: eins").replacing(
      "239.1.1.9", with: "239.1.1.8")
    overrides.follow(try read(other))
    // The identities 3 and 4 belong to the receivers.
    #expect(try ids(overrides, other) == ["eins": 5, "two": 2])
  }

  /// The file is read again between a change and its undoing: with another stream, with another name and then
  /// another address of a stream, and without a stream that then returns.
  @Test func undoingKeepsTheIdentitiesOfTheFilesStreams() throws {
    let before = try started()
    let longer = Self.file.replacing(
      "receivers:", with: "  - {name: three, address: 239.1.1.3, first-channel: 25}\nreceivers:")
    let renamed = longer.replacing("name: one", with: "name: uno")
    let moved = renamed.replacing("239.1.1.1", with: "239.1.1.9")
    let without = moved.replacing("- {name: two, address: auto, first-channel: 9}", with: "")
    var present = before
    present.settings["network.ttl"] = "9"
    for text in [longer, renamed, moved, without, moved] { present.follow(try read(text)) }
    #expect(try ids(present, moved) == ["uno": 1, "three": 5, "two": 6])
    var undone = before.restored(after: present)
    undone.follow(try read(moved))
    #expect(undone.settings.isEmpty)
    #expect(try ids(undone, moved) == ["uno": 1, "three": 5, "two": 6])
    #expect(undone.nextID == present.nextID)
  }

  @Test func changesSurviveARestart() throws {
    let configuration = try read()
    var overrides = try started()
    var sender = configuration.senders[0]
    sender.name = "renamed"
    overrides.senders.changed(
      StreamID(1), said: ["name"], keys: sender.keys, file: configuration.senders)
    overrides.receivers.removed(StreamID(3))
    var extra = configuration.senders[0]
    extra = try extra.applying(Node(["address": "239.9.9.9", "name": "extra"]), named: "request")
    let id = overrides.newID()
    overrides.senders.added(id, said: ["name", "address"], keys: extra.keys)
    overrides.follow(configuration)
    let (streams, problems) = overrides.senders(of: configuration)
    #expect(problems.isEmpty)
    #expect(streams.map(\.id.number) == [1, 2, 5])
    #expect(streams.map(\.configuration.name) == ["renamed", "two", "extra"])
    #expect(overrides.receivers(of: configuration).streams.map(\.id.number) == [4])
    #expect(overrides.senders.overriddenNames(configuration.senders) == ["extra", "renamed"])
    // With the keys of the file again, no stream of the file is overridden.
    overrides.senders.changed(
      StreamID(1), said: ["name"], keys: configuration.senders[0].keys, file: configuration.senders)
    overrides.senders.removed(id)
    #expect(overrides.senders.overriddenNames(configuration.senders) == [])
  }

  /// A list of adjacent channels is a block, which is kept together with its first channel.
  @Test(arguments: [
    ("channels: [30, 31, 32, 33]", 30), ("channels: [9, 10, 11, 12, 13, 14, 15, 16]", 9),
    ("channels: [30, 32, none, 33]", 30), ("channels: 4", 1),
  ])
  func channelsKeepTheirFirstChannel(request: String, first: Int) throws {
    let configuration = try read()
    // A receiver of the file, and one that was added at run time.
    for isAdded in [false, true] {
      var overrides = try started()
      var old = configuration.receivers[0]
      let id = isAdded ? overrides.newID() : StreamID(3)
      if isAdded {
        overrides.receivers.removed(StreamID(3))
        old = try old.applying(Node(["address": "239.9.9.9", "name": "extra"]), named: "request")
        overrides.receivers.added(id, said: ["name", "address"], keys: old.keys)
      }
      overrides.receivers.removed(StreamID(4))
      // Two changes in a row, the first to a list with a gap.
      for change in ["channels: [1, none, 3, 4]", request] {
        let node = try #require(try Node(yaml: change))
        old = try old.applying(node, named: "request")
        overrides.receivers.changed(
          id, said: ["channels"], keys: old.keys, file: configuration.receivers)
      }
      let (streams, problems) = overrides.receivers(of: configuration)
      let kept = streams.first { $0.id == id }?.configuration
      #expect(problems.isEmpty && kept?.firstChannel == first && kept?.route == old.route)
    }
  }

  @Test func unchangedKeysFollowTheFileAndItsDefaults() throws {
    let old = try read()
    var overrides = try started()
    var sender = old.senders[0]
    sender.payloadType = 100
    overrides.senders.changed(
      StreamID(1), said: ["payload-type"], keys: sender.keys, file: old.senders)
    let added = overrides.newID()
    let extra = try sender.applying(
      Node(["name": "extra", "address": "239.9.9.9"]), named: "request")
    overrides.senders.added(added, said: ["name", "address"], keys: extra.keys)
    overrides.receivers.removed(StreamID(3))
    let changed =
      "streams: {packet-time: 250us}\n" + Self.file.replacing("channels: 2", with: "channels: 4")
    overrides.follow(try read(changed))
    let now = overrides.senders(of: try read(changed)).streams.map(\.configuration)
    #expect(now[0].payloadType == 100 && now[0].channels == 4 && now[0].packetTime == .us250)
    #expect(now[2].name == "extra" && now[2].packetTime == .us250)
    #expect(overrides.receivers(of: try read(changed)).streams.map(\.id.number) == [4])
  }

  @Test func overridesOfARemovedStreamAreDropped() throws {
    let old = try read()
    var overrides = try started()
    var sender = old.senders[0]
    sender.name = "renamed"
    overrides.senders.changed(StreamID(1), said: ["name"], keys: sender.keys, file: old.senders)
    let less = Self.file.replacing("  - {name: one, address: 239.1.1.1, channels: 2}\n", with: "")
    overrides.follow(try read(less))
    #expect(overrides.senders(of: try read(less)).streams.map(\.configuration.name) == ["two"])
  }

  @Test func invalidOverridesAreReportedAndKept() throws {
    let configuration = try read()
    var overrides = try started()
    let said: Set = ["name", "address", "channels"]
    overrides.senders.added(StreamID(7), said: said, keys: ["name": "bad", "address": "none"])
    overrides.senders.added(StreamID(8), said: said, keys: ["name": "one", "address": "239.9.9.9"])
    overrides.senders.changed(
      StreamID(1), said: said, keys: ["name": "one", "channels": "65"],
      file: [SenderConfiguration]())
    let before = overrides
    let (streams, problems) = overrides.senders(of: configuration)
    // A stream with an invalid override is the one of the file.
    #expect(streams.map(\.configuration.name) == ["one", "two"])
    #expect(problems.count == 3)
    #expect(
      problems.contains { $0.contains("bad") }
        && problems.contains { $0.contains("already a sender") })
    overrides.follow(configuration)
    #expect(overrides == before)
  }

  /// Assault F1 and F7: settings in the saved state are restricted like those of requests.
  @Test func savedSettingsAreRestrictedLikeRequests() throws {
    var overrides = try started()
    overrides.settings = [
      "layout.sdp": "/etc/passwd", "control.port": "9999", "control.socket-group": "audio",
      "clock.source": "phc:/etc/shadow", "ptp.domain": "4", ".layout.sdp": "/etc/passwd",
    ]
    let left = overrides.dropForbiddenSettings().map(\.key)
    #expect(left == ["clock.source", "control.port", "control.socket-group", "layout.sdp"])
    // An invalid key stays, and is refused when the configuration is read.
    #expect(overrides.settings == ["ptp.domain": "4", ".layout.sdp": "/etc/passwd"])
    #expect(throws: ConfigurationError.self) {
      try Configuration(
        reading: Node(yaml: Self.file), file: "aes67d.yaml", settings: overrides.settings)
    }
    overrides.settings["clock.source"] = "phc:/dev/ptp1"
    #expect(overrides.dropForbiddenSettings().isEmpty)
  }

  @Test func aResetKeepsOnlyTheIdentities() throws {
    let configuration = try read()
    var overrides = try started()
    overrides.settings = ["ptp.domain": "4"]
    overrides.senders.removed(StreamID(1))
    let extra = ["name": "extra", "address": "239.9.9.9"]
    overrides.senders.added(overrides.newID(), said: Set(extra.keys), keys: extra)
    overrides.reset()
    #expect(overrides.settings.isEmpty)
    #expect(try ids(overrides) == ["one": 1, "two": 2])
    #expect(
      overrides.senders(of: configuration).streams.map(\.configuration) == configuration.senders)
  }

  @Test func theStateOfAnEarlierVersionIsMigrated() throws {
    var former = Choices()
    former.settings = ["streams.greatest-packets": "4", "ptp.domain": "3"]
    former.senders.kept = [
      ["name": "two", "address": "239.7.7.7"], ["name": "extra", "address": "239.9.9.9"],
    ]
    former.senders.removed = ["one"]
    var overrides = Overrides(former)
    #expect(overrides.settings == ["streams.max-packets": "4", "ptp.domain": "3"])
    overrides.follow(try read())
    #expect(try ids(overrides) == ["two": 1, "extra": 2])
  }
}
