// SPDX-License-Identifier: MIT
internal import ControlAPI
internal import FoundationEssentials
internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import Notation
internal import ServiceLifecycle
internal import Synchronization

/// Tells watchers what changes, as server-sent events. Who does not watch costs nothing.
final class EventFeed: Sendable {
  static let most = 16
  /// How often the daemon looks for changes while somebody watches.
  static let interval = Duration.milliseconds(250)
  /// After so many quiet looks a comment shows that the daemon lives.
  static let quietLooks = 40

  private let watchers = Mutex(0)

  /// True when one more may watch.
  func enter() -> Bool {
    watchers.withLock { count in
      guard count < Self.most else { return false }
      count += 1
      return true
    }
  }

  func leave() { watchers.withLock { $0 -= 1 } }

  /// Writes events until the watcher or the daemon goes.
  ///
  /// - Parameter statusEvery: How many looks apart the whole status is sent; 0 for once at the start.
  @concurrent
  func run(
    _ writer: inout any ResponseBodyWriter, statusEvery: Int,
    status: @Sendable () -> DaemonStatus
  ) async throws {
    var last = status()
    try await writer.write(Self.event("status", last))
    var looks = 0
    var quiet = 0
    while !Task.isShuttingDownGracefully, !Task.isCancelled {
      try? await cancelWhenGracefulShutdown { try await Task.sleep(for: Self.interval) }
      let now = status()
      looks += 1
      quiet += 1
      for change in Change.between(last, now) {
        try await writer.write(Self.event("change", change))
        quiet = 0
      }
      if statusEvery > 0, looks % statusEvery == 0 {
        try await writer.write(Self.event("status", now))
        quiet = 0
      }
      if quiet >= Self.quietLooks {
        try await writer.write(ByteBuffer(string: ": still here\n\n"))
        quiet = 0
      }
      last = now
    }
  }

  private static func event(_ name: String, _ value: some Encodable) throws -> ByteBuffer {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let data = String(decoding: try encoder.encode(value), as: UTF8.self)
    return ByteBuffer(string: "event: \(name)\ndata: \(data)\n\n")
  }
}

extension Router<ControlContext> {
  /// Changes as they happen, and the status as often as is asked for.
  func addEventRoutes(_ desk: ControlDesk) {
    get("v1/events") { request, _ in
      let milliseconds = try request.number("status", in: 250...60_000) ?? 0
      guard desk.feed.enter() else {
        throw ControlError(
          .serviceUnavailable, "\(EventFeed.most) others watch already", hint: "close one of them")
      }
      let body = ResponseBody { writer in
        defer { desk.feed.leave() }
        try await desk.feed.run(
          &writer, statusEvery: milliseconds / 250, status: desk.status)
        try await writer.finish(nil)
      }
      return Response(
        status: .ok,
        headers: [.contentType: "text/event-stream", .cacheControl: "no-store"], body: body)
    }
  }
}

extension Request {
  /// A whole number of the query; nil where it has none of that name.
  func number(_ name: Substring, in range: ClosedRange<Int>) throws -> Int? {
    guard let text = uri.queryParameters[name] else { return nil }
    guard let number = Int(decimal: text), range.contains(number) else {
      throw ControlError(
        .badRequest, "\(name)=\(text) is not allowed",
        hint: "\(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }
}
