// SPDX-License-Identifier: MIT
import DaemonConfiguration
import Testing
import YAML

@testable import Daemon

/// A loaded preset restores its streams and settings after additions, changes and removals.
@Suite struct PresetTests {
  private static let text = """
    senders:
      - {name: one, address: 239.1.1.1, channels: 2}
      - {name: two, address: 239.1.1.2, channels: 2, first-channel: 9}
    receivers:
      - {name: a, address: 239.1.2.1, channels: 2}
      - {name: b, session: Stage left, first-channel: 9, channels: 2}
    """

  private func file(_ settings: [String: String] = [:]) throws -> Configuration {
    try Configuration(reading: Node(yaml: Self.text), file: "aes67d.yaml", settings: settings)
  }

  private func started() throws -> Overrides {
    var overrides = Overrides()
    overrides.follow(try file())
    return overrides
  }

  /// All senders and receivers, each with its id and configuration as text.
  private func streams(_ overrides: Overrides) throws -> [String] {
    let file = try file(overrides.settings)
    return overrides.senders(of: file).streams.map { "\($0.id) \($0.configuration)" }.sorted()
      + overrides.receivers(of: file).streams.map { "\($0.id) \($0.configuration)" }.sorted()
  }

  private func loaded(_ preset: Preset, over now: Overrides) throws -> Overrides {
    var next = now
    next.takeSettings(of: preset)
    next.takeStreams(of: preset, file: try file(next.settings))
    return next
  }

  private func addSender(_ overrides: inout Overrides, _ name: String) throws -> StreamID {
    let id = overrides.newID()
    let file = try file(overrides.settings)
    let sender = try SenderConfiguration(file.network, file.streams).applying(
      Node(["name": name, "address": "239.1.9.9", "channels": "2"]), named: "test")
    overrides.senders.added(id, said: ["name", "address", "channels"], keys: sender.keys)
    return id
  }

  @Test func anUnchangedStateIsNotTouched() throws {
    let now = try started()
    let preset = now.preset(of: try file(), at: 0)
    #expect(try loaded(preset, over: now) == now)
    #expect(preset.senders.count == 2 && preset.receivers.count == 2 && preset.settings.isEmpty)
  }

  @Test func everyChangeIsReverted() throws {
    var now = try started()
    now.settings = ["streams.link-offset": "5ms"]
    let added = try addSender(&now, "three")
    let before = now
    let preset = now.preset(of: try file(now.settings), at: 0)
    let changed = try file(now.settings).receivers[0].applying(
      Node(["name": "other", "channels": "17,3"]), named: "test")
    let receivers = now.receivers(of: try file()).streams
    now.receivers.changed(
      receivers[0].id, said: ["name", "channels"], keys: changed.keys, file: try file().receivers)
    now.receivers.removed(receivers[1].id)
    now.senders.removed(added)
    now.senders.removed(StreamID(1))
    now.settings = ["streams.link-offset": "9ms", "log.level": "debug"]
    _ = try addSender(&now, "four")
    let back = try loaded(preset, over: now)
    #expect(back.settings == ["streams.link-offset": "5ms"])
    // The added sender was removed, and is therefore restored under a new id.
    let names = try back.senders(of: file(back.settings)).streams.map(\.configuration.name)
    #expect(names == ["one", "two", "three"])
    #expect(back.senders(of: try file()).streams[0].id == StreamID(1))
    let receiversBack = try streams(back).suffix(2)
    #expect(try Array(receiversBack) == streams(before).suffix(2))
    #expect(back.nextID > now.nextID)
  }

  /// A stream of the file that a preset does not contain is removed, and restored by a preset that contains
  /// it.
  @Test func aStreamOfTheFileIsRemovedAndRestored() throws {
    var now = try started()
    let whole = now.preset(of: try file(), at: 0)
    now.senders.removed(StreamID(1))
    let part = now.preset(of: try file(), at: 0)
    #expect(part.senders.map(\.keys["name"]) == ["two"])
    let first = try loaded(part, over: try started())
    #expect(first.senders(of: try file()).streams.map(\.configuration.name) == ["two"])
    #expect(try loaded(whole, over: first) == started())
  }

  /// A value that follows a setting is not stored with the stream, and follows the setting of the preset.
  @Test func defaultsAreThoseOfThePresetsSettings() throws {
    var now = try started()
    now.settings = ["streams.link-offset": "20ms"]
    let preset = now.preset(of: try file(now.settings), at: 0)
    now.settings = [:]
    let back = try loaded(preset, over: now)
    #expect(back.receivers.entries.allSatisfy { $0.keys == nil })
    let offsets = back.receivers(of: try file(back.settings)).streams.map(
      \.configuration.linkOffsetFrames)
    #expect(offsets == [960, 960])
  }

  private func layout(_ host: String, _ number: UInt8?) throws -> Configuration {
    let tree = try Node(yaml: "layout: {host: \(host)}")
    let read = try Configuration(reading: tree, file: "aes67d.yaml")
    return read.assigned(
      LayoutAssignment(number: number, likelyNumber: number ?? 1, name: "studio"))
  }

  private func senderAddresses(_ overrides: Overrides, _ file: Configuration) -> [String] {
    overrides.senders(of: file).streams.map { "\($0.configuration.address)" }
  }

  /// Streams of the layout follow the number of this host, also a number assigned after the preset was saved.
  @Test(arguments: [2, 7] as [UInt8])
  func streamsOfTheLayoutFollowIt(number: UInt8) throws {
    var now = Overrides()
    now.follow(try layout("auto", nil).likely)
    let preset = now.preset(of: try layout("auto", nil), at: 0)
    let later = try layout("auto", number)
    now.follow(later.likely)
    now.takeStreams(of: preset, file: later)
    #expect(senderAddresses(now, later) == (1...8).map { "239.69.\(number).\($0)" })
    #expect(now.receivers(of: later).streams.count == 8)
  }

  /// If the file names another host number than before, the streams are restored as saved.
  @Test func streamsMissingFromTheFileAreRestoredAsSaved() throws {
    var now = Overrides()
    now.follow(try layout("1", nil).likely)
    let preset = now.preset(of: try layout("1", nil), at: 0)
    let later = try layout("3", nil)
    now.follow(later.likely)
    now.takeStreams(of: preset, file: later)
    #expect(senderAddresses(now, later) == (1...8).map { "239.69.1.\($0)" })
    #expect(now.senders(of: later).problems.isEmpty && now.receivers(of: later).problems.isEmpty)
  }

  /// A preset neither contains nor changes settings that need a restart.
  @Test func settingsThatNeedARestartStay() throws {
    let restart = try #require(
      ConfigurationSection.all.flatMap { section in
        section.attributes.filter { $0.effect == .restart && $0.scope == .everywhere }.map {
          "\(section.name).\($0.key)"
        }
      }.first)
    #expect(!Preset.holds(restart) && Preset.holds("log.level") && Preset.holds("profile"))
    var now = try started()
    now.settings = ["log.level": "debug"]
    let preset = now.preset(of: try file(), at: 0)
    now.settings = [restart: "x", "log.level": "error", "network.ttl": "3"]
    now.takeSettings(of: preset)
    #expect(now.settings == [restart: "x", "log.level": "debug"])
  }
}
