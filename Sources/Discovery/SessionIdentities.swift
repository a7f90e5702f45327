// SPDX-License-Identifier: MIT
internal import Addressing
internal import DaemonConfiguration
internal import Session

/// The data of our sessions that is kept across restarts: the session of each sender, and its version.
///
/// A sender keeps its session through restart, rename and a new address (SDP-01): it is identified by the id of
/// its stream, which is never reused. Kept by the state store under `sessions`.
struct SessionIdentities: Codable, Equatable {
  static let subject = "sessions"
  static let formVersion = 1
  /// The maximum number of entries; beyond it, those of removed streams are forgotten.
  private static let maximumEntries = 256

  struct Entry: Codable, Equatable {
    /// The sender's ``StreamID``; nil in state that was saved before streams had one.
    var stream: Int?
    /// The `sess-id` of the session's origin.
    var identifier: UInt64
    var name: String
    var address: String
    var port: UInt16
  }

  struct Stamp: Codable, Equatable {
    var identifier: String
    var version: UInt64
    var digest: UInt64
  }

  /// The entries, the latest last.
  private(set) var entries: [Entry] = []
  var stamps: [Stamp] = []

  /// The session identifiers of these senders, in their order; new ones for unknown senders.
  mutating func identifiers(
    of senders: [(id: StreamID, configuration: SenderConfiguration)]
  ) -> [UInt64] {
    adopt(senders)
    let identifiers = senders.map { id, sender in
      let identifier = entry(of: id)?.identifier ?? newIdentifier()
      entries.removeAll { $0.identifier == identifier }
      entries.append(
        Entry(
          stream: id.number, identifier: identifier, name: sender.name,
          address: sender.address.description, port: sender.port))
      return identifier
    }
    if entries.count > Self.maximumEntries {
      entries.removeFirst(entries.count - Self.maximumEntries)
    }
    return identifiers
  }

  /// The last announced addresses of this sender, the latest first; from state that was saved before streams
  /// had identifiers, those of senders with this name.
  func addresses(of id: StreamID, named name: String) -> [IPv4Address] {
    let own = entries.filter { $0.stream == id.number }
    let former = entries.filter { $0.stream == nil && $0.name == name }
    return (own.reversed() + former.reversed()).compactMap { IPv4Address($0.address) }
  }

  private func entry(of id: StreamID) -> Entry? { entries.last { $0.stream == id.number } }

  private func newIdentifier() -> UInt64 {
    while true {
      // Small enough for parsers with 32 bits.
      let identifier = UInt64.random(in: 1...0x7FFF_FFFF)
      if !entries.contains(where: { $0.identifier == identifier }) { return identifier }
    }
  }

  /// Assigns entries that were saved before streams had identifiers to unknown senders: by name and place,
  /// otherwise by name, otherwise by place.
  private mutating func adopt(
    _ senders: [(id: StreamID, configuration: SenderConfiguration)]
  ) {
    func isThere(_ entry: Entry, _ sender: SenderConfiguration) -> Bool {
      entry.address == sender.address.description && entry.port == sender.port
    }
    let rules: [(Entry, SenderConfiguration) -> Bool] = [
      { $0.name == $1.name && isThere($0, $1) }, { $0.name == $1.name }, isThere,
    ]
    for isSame in rules {
      for (id, sender) in senders where entry(of: id) == nil {
        let index = entries.lastIndex { $0.stream == nil && isSame($0, sender) }
        if let index { entries[index].stream = id.number }
      }
    }
  }

  mutating func remember(_ stamps: [SessionStamp]) {
    let known = Set(entries.map { "\($0.identifier)" })
    self.stamps = stamps.filter { known.contains($0.identifier) }
      .map { Stamp(identifier: $0.identifier, version: $0.version, digest: $0.digest) }
  }

  var sessionStamps: [SessionStamp] {
    stamps.map { SessionStamp(identifier: $0.identifier, version: $0.version, digest: $0.digest) }
  }
}
