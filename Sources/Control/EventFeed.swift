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

/// Tells watchers what changes, as server-sent events. Who does not watch costs nothing.
final class EventFeed: Sendable {
  static let share = UserShare(total: 16, perUser: 8, keptForRoot: 2)
  /// The meters are measured anew so often; the daemon looks for changes at each fifth, while somebody watches.
  static let meterInterval = Duration.milliseconds(50)
  /// After so long without news a comment shows that the daemon lives.
  static let longestQuiet = Duration.seconds(10)

  /// The user of each, those by TCP as one user.
  private let watchers = Mutex<[UInt32]>([])

  /// The place of one watcher, which is free again when the value ends, however it ends.
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

  /// Why there is no place for `user`; nil where there is one.
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

  /// Nil where there is no place for `user`.
  func enter(_ user: UInt32) -> Place? {
    watchers.withLock { watchers in
      guard Self.share.verdict(for: user, among: watchers) == .granted else { return nil }
      watchers.append(user)
      return Place(self, user)
    }
  }

  /// What a watcher wants to be told, beside changes and alarms.
  struct Selection: Sendable {
    /// How many intervals apart the whole status is sent; 0 for once at the start.
    var statusEvery = 0
    /// How many meter intervals apart the meters are sent, unless they show what they did; 0 for never.
    var metersEvery = 0
    /// Whether it is told that sessions have changed.
    var sessions = false
  }

  /// Writes events until the watcher or the daemon goes.
  ///
  /// - Parameters:
  ///   - loop: serves the connection. Everything is done on its thread, so that no event has to wake another one.
  ///   - isGone: whether the watcher has closed the connection, which a write would tell only much later.
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
    // Shutdown is noticed when the pause ends: it is short, and one that can be cut costs as much as all else here.
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

  /// When meters and changes are due.
  struct Schedule {
    private static let looksEvery = 5
    /// How many meter intervals apart the meters are; 0 for never.
    let metersEvery: Int
    /// Meter intervals that have passed.
    private var steps = 0

    init(metersEvery: Int) { self.metersEvery = metersEvery }

    /// How long to wait, and what is due then; looks are numbered from 1.
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

  /// What a watcher has been told last.
  private struct Reading {
    var status: DaemonStatus
    var alarm: UInt64
    var sessions: SessionsStatus

    init(_ source: any StatusOperations) {
      status = source.readStatus()
      alarm = source.alarms(after: 0).last?.number ?? 0
      sessions = source.sessions
    }

    /// What has happened since; looks count from 1.
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
  /// Changes as they happen, and the status as often as is asked for.
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
        // Taken here and not before: where the peer has gone already, this is never run.
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
