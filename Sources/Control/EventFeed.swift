// SPDX-License-Identifier: MIT
internal import ControlAPI
internal import HTTPTypes
internal import Hummingbird
internal import JSONText
internal import LinuxIO
internal import NIOCore
internal import Notation
internal import ServiceLifecycle
internal import Synchronization

/// Sends changes to watchers as server-sent events. It costs nothing without watchers.
final class EventFeed: Sendable {
  static let share = UserShare(total: 16, perUser: 8, keptForRoot: 2)
  /// The interval at which levels are measured; changes are detected at each fifth, while there are watchers.
  static let meterInterval = Duration.milliseconds(50)
  /// The time without events after which a comment shows that the daemon runs.
  static let longestQuiet = Duration.seconds(10)

  /// The user of each watcher; those by TCP count as one user.
  private let watchers = Mutex<[UInt32]>([])

  /// The place of one watcher, which becomes free when the value ends, however it ends.
  struct Place: ~Copyable {
    private let feed: EventFeed
    private let user: UInt32

    fileprivate init(_ feed: EventFeed, _ user: UInt32) {
      self.feed = feed
      self.user = user
    }

    deinit {
      feed.watchers.withLock { watchers in
        if let index = watchers.firstIndex(of: user) { watchers.remove(at: index) }
      }
    }
  }

  /// The reason why there is no place for `user`; nil if there is one.
  func refusal(of user: UInt32) -> ControlError? {
    watchers.withLock { watchers in
      switch Self.share.verdict(for: user, among: watchers) {
      case .granted: return nil
      case .userHasEnough:
        return ControlError(
          .serviceUnavailable,
          "\(Self.name(user)) has \(Self.share.perUser) event streams open already, the maximum for one user",
          hint: "end one of them, such as another `aes67 monitor`")
      case .allTaken:
        let most = UserShare.greatest(among: watchers).map {
          "\(Self.name($0.user)) has \($0.count)"
        }
        return ControlError(
          .serviceUnavailable,
          "all \(Self.share.total) event streams are in use or kept for root; \(most ?? "")",
          hint: "end one of them, such as another `aes67 monitor`")
      }
    }
  }

  private static func name(_ user: UInt32) -> String {
    user == .max ? "the control panel" : "user \(user)"
  }

  /// Takes a place; nil if there is none for `user`.
  func enter(_ user: UInt32) -> Place? {
    watchers.withLock { watchers in
      guard Self.share.verdict(for: user, among: watchers) == .granted else { return nil }
      watchers.append(user)
      return Place(self, user)
    }
  }

  /// The events that a watcher selects, in addition to changes and alarms.
  struct Selection: Sendable {
    /// The number of intervals between two complete statuses; 0 for only one at the start.
    var statusEvery = 0
    /// The number of meter intervals between two events with levels, unless they are unchanged; 0 for none.
    var metersEvery = 0
    /// True to receive changes of sessions.
    var sessions = false
  }

  /// Writes events until the watcher disconnects or the daemon stops.
  ///
  /// - Parameters:
  ///   - loop: serves the connection. Everything is done on its thread, so that no event has to wake another
  ///     one.
  ///   - isGone: returns true if the watcher has closed the connection, which a write would detect only much
  ///     later.
  @concurrent
  func run(
    _ writer: inout any ResponseBodyWriter, _ selection: Selection, of source: any StatusOperations,
    on loop: any EventLoop, isGone: @Sendable () -> Bool
  ) async throws {
    var reading = Reading(source)
    try await writer.write(ByteBuffer(string: Self.event("status", source.status())))
    var schedule = Schedule(metersEvery: selection.metersEvery)
    var peaks: MeterPeaks?
    var quiet = Duration.zero
    // A shutdown is noticed when the pause ends, which is short. A pause that can be cancelled would cost as much as
    // everything else here.
    while !Task.isShuttingDownGracefully, !Task.isCancelled, !isGone() {
      let due = schedule.next()
      try await loop.scheduleTask(in: TimeAmount(due.pause)) {}.futureResult.get()
      quiet += due.pause
      var text = ""
      if due.meters {
        let now = MeterPeaks(source.meters)
        if now != peaks { text += now.event }
        peaks = now
      }
      if let look = due.look { text += try reading.news(from: source, selection, look: look) }
      if text.isEmpty, quiet >= Self.longestQuiet { text = ": still here\n\n" }
      guard !text.isEmpty else { continue }
      try await writer.write(ByteBuffer(string: text))
      quiet = .zero
    }
  }

  /// The times at which levels and changes are due.
  struct Schedule {
    private static let looksEvery = 5
    /// The number of meter intervals between two events with levels; 0 for none.
    let metersEvery: Int
    /// The number of meter intervals so far.
    private var steps = 0

    init(metersEvery: Int) { self.metersEvery = metersEvery }

    /// The next pause, and the events that are due after it; checks are numbered from 1.
    mutating func next() -> (pause: Duration, meters: Bool, look: Int?) {
      func multiple(_ interval: Int) -> Int { (steps / interval + 1) * interval }
      let look = multiple(Self.looksEvery)
      let meters = metersEvery > 0 ? multiple(metersEvery) : .max
      let next = min(look, meters)
      defer { steps = next }
      return (
        EventFeed.meterInterval * (next - steps), next == meters,
        next == look ? look / Self.looksEvery : nil
      )
    }
  }

  /// The last readings that were sent to a watcher.
  private struct Reading {
    var status: DaemonStatus
    var alarm: UInt64
    var sessions: SessionsStatus

    init(_ source: any StatusOperations) {
      status = source.readStatus()
      alarm = source.alarms(after: 0).last?.number ?? 0
      sessions = source.sessions
    }

    /// The events since the last check; checks are numbered from 1.
    mutating func news(
      from source: any StatusOperations, _ selection: Selection, look: Int
    ) throws -> String {
      let now = source.lastStatus
      var events = try Change.between(status, now).map { try EventFeed.event("change", $0) }
        .joined()
      status = now
      for one in source.alarms(after: alarm) {
        events += try EventFeed.event("alarm", one)
        alarm = one.number
      }
      if selection.sessions {
        let now = source.sessions
        if (now.sessions, now.error, now.unreadable)
          != (sessions.sessions, sessions.error, sessions.unreadable)
        {
          events += try EventFeed.event("sessions", SessionsChange(count: now.sessions.count))
        }
        sessions = now
      }
      if selection.statusEvery > 0, look % selection.statusEvery == 0 {
        events += try EventFeed.event("status", source.status())
      }
      return events
    }
  }

  fileprivate static func event(_ name: String, _ value: some Encodable) throws -> String {
    "event: \(name)\ndata: \(try JSONText.line(value))\n\n"
  }
}

extension Router<ControlRequestContext> {
  /// Changes as they happen, and the status at the requested interval.
  func addEventRoutes(_ context: ControlContext, _ connections: ConnectionTable) {
    get("v1/events") { request, requestContext in
      let selection = EventFeed.Selection(
        statusEvery: (try request.number("status", in: 250...60_000) ?? 0) / 250,
        metersEvery: (try request.number("meters", in: 50...1_000) ?? 0) / 50,
        sessions: try request.flag("sessions"))
      let user = connections.user(of: requestContext.connection) ?? .max
      if let refusal = context.feed.refusal(of: user) { throw refusal }
      let (notice, loop) = (requestContext.closeNotice(), requestContext.eventLoop)
      let body = ResponseBody { writer in
        // The place is taken here and not before: if the peer has already gone, this is never run.
        guard let place = context.feed.enter(user) else {
          let reason = context.feed.refusal(of: user)?.error ?? APIError(reason: "no place is free")
          try await writer.write(ByteBuffer(string: EventFeed.event("refused", reason)))
          return try await writer.finish(nil)
        }
        try await withTaskExecutorPreference(LoopExecutor(loop)) {
          try await context.feed.run(
            &writer, selection, of: context.status, on: loop, isGone: { notice.isSet })
        }
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
  /// A whole number of the query; nil if there is none of that name.
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
