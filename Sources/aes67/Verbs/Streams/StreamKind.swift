// SPDX-License-Identifier: MIT
internal import ArgumentParser
internal import ControlAPI
internal import ControlClient

/// The differences between the verbs of senders and those of receivers.
protocol StreamKind {
  associatedtype Status: Codable & Sendable
  associatedtype Attributes: AttributeChoice

  /// `sender` or `receiver`, and its place in the control API.
  static var noun: String { get }
  static var collection: String { get }
  /// The completion of their names.
  static var completion: CompletionKind { get }
  static func name(of status: Status) -> String
  static func line(of status: Status) -> String
  static func table(_ all: [Status]) -> Table
}

extension StreamKind {
  /// The control API's path of a stream, by its name, or by its id if written as `#ID`.
  static func path(_ name: String) -> String { StreamPath.path(collection, name) }

  static func all(_ client: ControlClient) throws -> [Status] {
    try client.get("/v1/\(collection)")
  }
}

/// The senders of this host.
enum SenderKind: StreamKind {
  typealias Attributes = SenderAttributes

  static let noun = "sender"
  static let collection = "senders"
  static let completion = CompletionKind.senders

  static func name(of status: SenderStatus) -> String { status.name }
  static func line(of status: SenderStatus) -> String { status.line }
  static func table(_ all: [SenderStatus]) -> Table { Stats.table(all) }
}

/// The receivers of this host.
enum ReceiverKind: StreamKind {
  typealias Attributes = ReceiverAttributes

  static let noun = "receiver"
  static let collection = "receivers"
  static let completion = CompletionKind.receivers

  static func name(of status: ReceiverStatus) -> String { status.name }
  static func line(of status: ReceiverStatus) -> String { status.line }
  static func table(_ all: [ReceiverStatus]) -> Table { Stats.table(all) }
}
