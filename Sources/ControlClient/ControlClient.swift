// SPDX-License-Identifier: MIT
internal import ControlAPI
internal import FoundationEssentials
internal import LinuxIO
internal import MediaClock

/// A client of a daemon on this host, through its control socket. Every wait and every answer is limited.
///
/// The command is small and fast: this module implements HTTP itself (for the reason in
/// ``HTTPResponseParser``).
public struct ControlClient: Sendable {
  public let socket: String

  /// The timeout for an answer.
  private let timeout: Interval

  /// Called after a change that the daemon has made, but could not write to its disk.
  private let notKept: @Sendable () -> Void

  /// - Parameter timeoutMilliseconds: the timeout for an answer; that for events is longer.
  public init(
    socket: String, timeoutMilliseconds: Int64 = 5_000,
    notKept: @escaping @Sendable () -> Void = {}
  ) {
    self.socket = socket
    timeout = .milliseconds(timeoutMilliseconds)
    self.notKept = notKept
  }

  /// Sends `GET path`, and decodes the answer.
  public func get<Answer: Decodable>(
    _ path: String, as type: Answer.Type = Answer.self
  ) throws(ControlFailure) -> Answer {
    try decode(bytes("GET", path), of: path)
  }

  /// Sends `GET path`, and returns the bytes of the answer.
  public func get(_ path: String) throws(ControlFailure) -> [UInt8] { try bytes("GET", path) }

  /// Sends `body` as JSON, and decodes the answer.
  public func send<Body: Encodable, Answer: Decodable>(
    _ method: String, _ path: String, _ body: Body, as type: Answer.Type = Answer.self
  ) throws(ControlFailure) -> Answer {
    try decode(bytes(method, path, body: encode(body)), of: path)
  }

  /// Sends `body` as JSON, and ignores the content of the answer.
  public func send<Body: Encodable>(
    _ method: String, _ path: String, _ body: Body
  ) throws(ControlFailure) {
    _ = try bytes(method, path, body: encode(body))
  }

  /// Sends `DELETE path`.
  public func delete(_ path: String) throws(ControlFailure) { _ = try bytes("DELETE", path) }

  /// Passes every event of the stream at `path` to `receive`, until that returns false or the daemon ends the
  /// stream.
  ///
  /// The daemon sends an event or a comment at least every 15 seconds; after twice that time without one it is
  /// considered gone.
  ///
  /// - Parameters:
  ///   - other: a descriptor that is also waited for.
  ///   - isReadable: called when it can be read, until that returns false.
  public func events(
    _ path: String, besides other: Int32? = nil, isReadable: () -> Bool = { true },
    receive: (ServerEvent) -> Bool
  ) throws(ControlFailure) {
    let connection = try open("GET", path, body: nil)
    var response = HTTPResponseParser()
    var events = EventStreamParser()
    var buffer = [UInt8](repeating: 0, count: 64 * 1024)
    while !response.isComplete {
      let deadline = MonotonicClock.now + .seconds(30)
      if let other, try waits(connection, other, until: deadline) {
        guard isReadable() else { return }
        continue
      }
      try read(connection, &buffer, into: &response, until: deadline)
      guard response.isHeadComplete else { continue }
      guard response.status == 200 else {
        if response.isComplete { try check(&response) }
        continue
      }
      let complete: [ServerEvent]
      do throws(EventStreamParser.TooLong) {
        complete = try events.receive(response.takeBody())
      } catch {
        throw .protocolError("\(error)")
      }
      for event in complete where !receive(event) { return }
    }
  }

  private func bytes(
    _ method: String, _ path: String, body: [UInt8]? = nil
  ) throws(ControlFailure) -> [UInt8] {
    let deadline = MonotonicClock.now + timeout
    let connection = try open(method, path, body: body)
    var response = HTTPResponseParser()
    var buffer = [UInt8](repeating: 0, count: 64 * 1024)
    while !response.isComplete {
      try read(connection, &buffer, into: &response, until: deadline)
    }
    try check(&response)
    let answer = response.takeBody()
    if method != "GET", (try? JSONDecoder().decode(Kept.self, from: Data(answer)))?.kept == false {
      notKept()
    }
    return answer
  }

  /// The common part of the answers to changes.
  private struct Kept: Decodable {
    var kept: Bool?
  }

  private func open(
    _ method: String, _ path: String, body: [UInt8]?
  ) throws(ControlFailure) -> StreamConnection {
    var head = "\(method) \(path) HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
    if let body {
      head += "Content-Type: application/json\r\nContent-Length: \(body.count)\r\n"
    }
    do throws(SystemError) {
      let connection = try StreamConnection(path: socket)
      do throws(SystemError) {
        try connection.send(
          Array("\(head)\r\n".utf8) + (body ?? []), until: MonotonicClock.now + timeout)
      } catch  where error.isHangUp {
        // Refused before the request was read: the answer gives the reason.
      }
      return connection
    } catch {
      throw ControlFailure(error, socket: socket)
    }
  }

  private func waits(
    _ connection: borrowing StreamConnection, _ other: Int32, until deadline: MonotonicInstant
  ) throws(ControlFailure) -> Bool {
    do throws(SystemError) {
      return try connection.wait(orFor: other, until: deadline)
    } catch {
      throw ControlFailure(error, socket: socket)
    }
  }

  private func read(
    _ connection: borrowing StreamConnection, _ buffer: inout [UInt8],
    into response: inout HTTPResponseParser, until deadline: MonotonicInstant
  ) throws(ControlFailure) {
    let count: Int
    do throws(SystemError) {
      count = try connection.receive(into: &buffer, until: deadline)
    } catch {
      throw ControlFailure(error, socket: socket)
    }
    do throws(HTTPResponseParser.Failure) {
      if count > 0 {
        try response.receive(buffer.prefix(count))
      } else {
        try response.finish()
      }
    } catch {
      throw .protocolError("\(error)")
    }
  }

  private func check(_ response: inout HTTPResponseParser) throws(ControlFailure) {
    guard !(200..<300).contains(response.status) else { return }
    let body = response.takeBody()
    guard let error = try? JSONDecoder().decode(APIError.self, from: Data(body)) else {
      throw .protocolError("status \(response.status) without a reason")
    }
    throw .refused(status: response.status, error)
  }

  private func encode(_ body: some Encodable) throws(ControlFailure) -> [UInt8] {
    do {
      return Array(try JSONEncoder().encode(body))
    } catch {
      throw .protocolError("cannot write the request as JSON: \(error)")
    }
  }

  private func decode<Answer: Decodable>(
    _ bytes: [UInt8], of path: String
  ) throws(ControlFailure) -> Answer {
    do {
      return try JSONDecoder().decode(Answer.self, from: Data(bytes))
    } catch {
      throw .protocolError(
        "cannot read the answer to \(path); check that aes67 and aes67d have the same version"
          + " (\(error))")
    }
  }
}
