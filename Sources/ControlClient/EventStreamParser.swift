// SPDX-License-Identifier: MIT

/// One server-sent event.
public struct ServerEvent: Equatable, Sendable {
  /// The name; `message` if the stream has none.
  public var name: String
  public var data: String

  public init(name: String, data: String) {
    self.name = name
    self.data = data
  }
}

/// Splits a body into server-sent events (WHATWG HTML, 9.2), in pieces of any size.
public struct EventStreamParser: Sendable {
  /// An event of more bytes than `limit`.
  public struct TooLong: Error, Equatable, CustomStringConvertible {
    public let limit: Int
    public var description: String { "an event is longer than \(limit) bytes" }
  }

  private let maximumEvent: Int
  /// The number of bytes since the last empty line.
  private var eventBytes = 0
  private var line: [UInt8] = []
  private var name = ""
  private var data: [String] = []

  /// - Parameter maximumEvent: the maximum size of one event, its comments and unknown fields included.
  public init(maximumEvent: Int = 16 << 20) { self.maximumEvent = maximumEvent }

  /// The events that `bytes` complete. Comments and unknown fields are skipped.
  public mutating func receive(_ bytes: some Sequence<UInt8>) throws(TooLong) -> [ServerEvent] {
    var events: [ServerEvent] = []
    for byte in bytes {
      eventBytes += 1
      guard eventBytes <= maximumEvent else { throw TooLong(limit: maximumEvent) }
      if byte != UInt8(ascii: "\n") {
        line.append(byte)
        continue
      }
      if line.last == UInt8(ascii: "\r") { line.removeLast() }
      let text = String(decoding: line, as: UTF8.self)
      line.removeAll(keepingCapacity: true)
      if let event = receive(line: text) { events.append(event) }
    }
    return events
  }

  private mutating func receive(line: String) -> ServerEvent? {
    if line.isEmpty {
      defer {
        name = ""
        data = []
        eventBytes = 0
      }
      guard !data.isEmpty else { return nil }
      return ServerEvent(
        name: name.isEmpty ? "message" : name, data: data.joined(separator: "\n"))
    }
    let field = line.prefix { $0 != ":" }
    var value = line.dropFirst(field.count + 1)
    if value.first == " " { value.removeFirst() }
    switch field {
    case "event": name = String(value)
    case "data": data.append(String(value))
    default: break
    }
    return nil
  }
}
