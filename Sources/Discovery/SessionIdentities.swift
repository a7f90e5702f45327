// SPDX-License-Identifier: MIT
internal import Addressing
internal import DaemonConfiguration
internal import Session

/// What of our sessions outlives a restart: which sender is which session, and how often each changed.
///
/// A sender keeps its session under a new name, and at a new address, but not both at once: then it is
/// another stream (SDP-01). Kept by the state store under `sessions`.
struct SessionIdentities: Codable, Equatable {
  static let subject = "sessions"
  static let formVersion = 1
  /// Those of streams that have long gone are forgotten beyond this.
  private static let maximumEntries = 256

  struct Entry: Codable, Equatable {
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

  private(set) var entries: [Entry] = []
  var stamps: [Stamp] = []

  /// The identifiers of these senders, in their order; new ones where nothing is known.
  mutating func identifiers(of senders: [SenderConfiguration]) -> [UInt64] {
    var found = [UInt64?](repeating: nil, count: senders.count)
    var taken: Set<UInt64> = []
    func claim(_ matches: (Entry, SenderConfiguration) -> Bool) {
      for (index, sender) in senders.enumerated() where found[index] == nil {
        let entry = entries.last { !taken.contains($0.identifier) && matches($0, sender) }
        guard let entry else { continue }
        found[index] = entry.identifier
        taken.insert(entry.identifier)
      }
    }
    func isThere(_ entry: Entry, _ sender: SenderConfiguration) -> Bool {
      entry.address == sender.address.description && entry.port == sender.port
    }
    claim { $0.name == $1.name && isThere($0, $1) }
    claim { $0.name == $1.name }
    claim { isThere($0, $1) }
    var identifiers: [UInt64] = []
    for (index, sender) in senders.enumerated() {
      var identifier = found[index] ?? 0
      // Small enough for parsers that take it for 32 bits.
      while identifier == 0 || found[index] == nil && isKnown(identifier) {
        identifier = .random(in: 1...0x7FFF_FFFF)
      }
      identifiers.append(identifier)
      entries.removeAll { $0.identifier == identifier }
      entries.append(
        Entry(
          identifier: identifier, name: sender.name, address: sender.address.description,
          port: sender.port))
    }
    if entries.count > Self.maximumEntries {
      entries.removeFirst(entries.count - Self.maximumEntries)
    }
    return identifiers
  }

  /// Where senders of this name have been, the latest first.
  func addresses(of name: String) -> [IPv4Address] {
    entries.reversed().filter { $0.name == name }.compactMap { IPv4Address($0.address) }
  }

  private func isKnown(_ identifier: UInt64) -> Bool {
    entries.contains { $0.identifier == identifier }
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
