// SPDX-License-Identifier: MIT
internal import ControlAPI
internal import HTTPTypes
internal import Hummingbird
internal import JSONText
internal import NIOCore
internal import Notation
internal import ServiceLifecycle
internal import Synchronization

/// Tells watchers what changes, as server-sent events. Who does not watch costs nothing.
final class EventFeed: Sendable {
  static let maximumWatchers = 16
  /// How often the daemon looks for changes while somebody watches.
  static let interval = Duration.milliseconds(250)
  /// After so many intervals without news a comment shows that the daemon lives.
  static let quietIntervals = 40

  private let watchers = Mutex(0)

  /// The place of one watcher, which is free again when the value ends, however it ends.
  struct Place: ~Copyable {
    private let feed: EventFeed

    fileprivate init(_ feed: EventFeed) { self.feed = feed }

    deinit { feed.watchers.withLock { $0 -= 1 } }
  }

  var isFull: Bool { watchers.withLock { $0 >= Self.maximumWatchers } }

  /// Nil where all places are taken.
  func enter() -> Place? {
    watchers.withLock { count in
      guard count < Self.maximumWatchers else { return nil }
      count += 1
      return Place(self)
    }
  }

  /// Writes events until the watcher or the daemon goes.
  ///
  /// - Parameters:
  ///   - statusEvery: how many intervals apart the whole status is sent; 0 for once at the start.
  ///   - isGone: whether the watcher has closed the connection, which a write would tell only much later.
  @concurrent
  func run(
    _ writer: inout any ResponseBodyWriter, statusEvery: Int,
    status: @Sendable () -> DaemonStatus, isGone: @Sendable () -> Bool
  ) async throws {
    var last = status()
    try await writer.write(Self.event("status", last))
    var intervals = 0
    var quiet = 0
    while !Task.isShuttingDownGracefully, !Task.isCancelled, !isGone() {
      try? await cancelWhenGracefulShutdown { try await Task.sleep(for: Self.interval) }
      let now = status()
      intervals += 1
      quiet += 1
      for change in Change.between(last, now) {
        try await writer.write(Self.event("change", change))
        quiet = 0
      }
      if statusEvery > 0, intervals % statusEvery == 0 {
        try await writer.write(Self.event("status", now))
        quiet = 0
      }
      if quiet >= Self.quietIntervals {
        try await writer.write(ByteBuffer(string: ": still here\n\n"))
        quiet = 0
      }
      last = now
    }
  }

  fileprivate static func event(_ name: String, _ value: some Encodable) throws -> ByteBuffer {
    ByteBuffer(string: "event: \(name)\ndata: \(try JSONText.line(value))\n\n")
  }
}

extension Router<ControlRequestContext> {
  /// Changes as they happen, and the status as often as is asked for.
  func addEventRoutes(_ context: ControlContext) {
    get("v1/events") { request, requestContext in
      let milliseconds = try request.number("status", in: 250...60_000) ?? 0
      let refusal = ControlError(
        .serviceUnavailable, "all \(EventFeed.maximumWatchers) places for watchers are taken",
        hint: "end one of them, such as another `aes67 monitor`")
      guard !context.feed.isFull else { throw refusal }
      let notice = requestContext.closeNotice()
      let body = ResponseBody { writer in
        // Taken here and not before: where the peer has gone already, this is never run.
        guard let place = context.feed.enter() else {
          try await writer.write(EventFeed.event("refused", refusal.error))
          return try await writer.finish(nil)
        }
        try await context.feed.run(
          &writer, statusEvery: milliseconds / 250, status: context.status.status,
          isGone: { notice.isSet })
        try await writer.finish(nil)
        _ = consume place
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
