// SPDX-License-Identifier: MIT
internal import ControlAPI
internal import EventLog
internal import Glibc
internal import LinuxIO
internal import Logging
internal import MediaClock

/// Admits programs to the device, gives them memory, and detects their end.
///
/// It belongs to one thread, and never waits for a client: all calls return at once, whatever the client does,
/// and the work that each client can cause is limited.
final class ClientRegistry {
  static let share = UserShare(total: 128, perUser: 32, keptForRoot: 8)
  /// The interval at which the status of clients is read, in milliseconds.
  private static let roundMilliseconds: Int32 = 100
  /// The same while there is no client.
  private static let idleRoundMilliseconds: Int32 = 1_000
  /// The same while a client waits for a slot that is about to become free.
  private static let waitingRoundMilliseconds: Int32 = 2

  /// The interval at which the existence of the socket's file is checked.
  private static let lookInterval = Interval.seconds(1)

  /// The listener; nil once the daemon stops.
  private var listener: ClientListener?
  private let device: DeviceMemory
  private let mixer: any PlaybackMixer
  private let log: Logger
  /// A program that connects and sends no request is disconnected after this time; also one for which no slot
  /// became free.
  private let timeout: Interval
  private var sessions: [ClientSession] = []
  private var slots = SlotTable()
  private var waits = WaitSet()
  private var buffer = [UInt8](repeating: 0, count: 256)
  private var budget = UserLogBudget()
  /// The end of a pause after `accept` failed.
  private var listensFrom = MonotonicInstant(nanoseconds: 0)
  private var nextLook = MonotonicInstant(nanoseconds: 0)

  init(
    _ listener: consuming ClientListener, device: DeviceMemory, mixer: any PlaybackMixer,
    log: Logger, timeout: Interval = .seconds(1)
  ) {
    self.listener = consume listener
    self.device = device
    self.mixer = mixer
    self.log = log
    self.timeout = timeout
  }

  /// The clients that hold a slot, in the order of their slots.
  var statuses: [ClientStatus] {
    sessions.map(\.status).filter { $0.slot >= 0 }.sorted { $0.slot < $1.slot }
  }

  /// Admits no more clients, and removes the socket's file. No round follows.
  func close() {
    listener = nil
  }

  /// Waits for an event, at most until the next status is due, and handles it.
  func round(wakeUp: Int32) {
    let begin = MonotonicClock.now
    let listens = begin >= listensFrom
    if begin >= nextLook { restoreSocket(at: begin) }
    waits.removeAll()
    waits.add(wakeUp)
    let newcomers = waits.add(listens ? listener?.descriptor ?? -1 : -1)
    let places = sessions.map { session in
      (waits.add(session.connection.descriptor), waits.add(session.connection.processDescriptor))
    }
    let isIdle = listens && sessions.isEmpty && !slots.hasRetiring
    let pace =
      sessions.contains(where: \.isWaiting)
      ? Self.waitingRoundMilliseconds : Self.roundMilliseconds
    waits.wait(milliseconds: isIdle ? Self.idleRoundMilliseconds : pace)

    let now = MonotonicClock.now
    while let slot = mixer.takeRetired() { slots.release(slot)?.empty(log) }
    let clock = device.clock
    var staying: [ClientSession] = []
    for (session, place) in zip(sessions, places) {
      let stays =
        waits.isReady(place.1)
        ? dismiss(session, at: now, "ended")
        : serve(session, hasNews: waits.isReady(place.0), at: now)
      guard stays else { continue }
      staying.append(session)
      guard session.status.slot >= 0 else { continue }
      refresh(session, clock, at: now)
      device.show(session.status)
    }
    sessions = staying
    if waits.isReady(newcomers) { admit(at: now) }
  }

  /// Listens again if the socket's file was removed. The status writer logs that it is gone, and that it is
  /// back.
  private func restoreSocket(at now: MonotonicInstant) {
    nextLook = now + Self.lookInterval
    do throws(SystemError) {
      try listener?.restore()
    } catch {
      log.debug("cannot listen for clients again: \(error)")
    }
  }

  private func refresh(
    _ session: ClientSession, _ clock: DeviceClock, at now: MonotonicInstant
  ) {
    session.refresh(clock, at: now) { event, text in
      record(event, text, session.facts, session.user, now)
    }
  }

  // Bounded: each round lets in no more than the backlog holds.
  private func admit(at now: MonotonicInstant) {
    for _ in 0..<128 {
      do throws(SystemError) {
        guard let connection = try listener?.accept() else { return }
        let users = sessions.map(\.user)
        if let refusal = Self.refusal(of: connection.userID, besides: users) {
          try? connection.send(ClientReply.refused(refusal), descriptors: [])
          record(
            .clientRefused,
            "refused a client of user \(connection.userID): \(refusal.reason)",
            [.clientUID: connection.userID, .reason: refusal.reason], connection.userID, now)
          continue
        }
        sessions.append(ClientSession(connection, silentUntil: now + timeout))
      } catch {
        // Probably no descriptor is free: waiting clients are still there in a second.
        listensFrom = now + .seconds(1)
        record(
          .clientsUnavailable, "cannot accept clients: \(error); trying again in 1 s",
          [.reason: "\(error)"], nil, now)
        return
      }
    }
  }

  /// The reason why `user` cannot have one more connection besides those of `users`.
  static func refusal(of user: UInt32, besides users: [UInt32]) -> ClientRefusal? {
    switch share.verdict(for: user, among: users) {
    case .granted: return nil
    case .userHasEnough:
      return ClientRefusal(
        code: EBUSY,
        reason: "user \(user) has \(share.perUser) connections to aes67d already, the maximum"
          + " for one user")
    case .allTaken:
      let most = UserShare.greatest(among: users).map { ": user \($0.user) has \($0.count)" }
      return ClientRefusal(
        code: EBUSY, reason: "all \(share.total) connections to aes67d are in use\(most ?? "")")
    }
  }

  /// The reason why `user` gets no slot, and the users that hold them.
  private func fullRefusal(_ direction: ClientStatus.Direction, _ user: UInt32) -> ClientRefusal {
    let holders = slots.holders(direction)
    let name = "\(direction.rawValue) streams"
    func programs(of user: UInt32) -> String {
      let labels = sessions.filter {
        $0.user == user && $0.status.slot >= 0 && $0.status.direction == direction
      }.map(\.label)
      return labels.isEmpty ? "" : ", such as \(labels[0])"
    }
    guard SlotTable.share.verdict(for: user, among: holders) != .userHasEnough else {
      return ClientRefusal(
        code: EBUSY,
        reason: "user \(user) has \(SlotTable.share.perUser) \(name) already, the maximum for"
          + " one user; close one\(programs(of: user))")
    }
    let most = UserShare.greatest(among: holders)
      .map { "; user \($0.user) has \($0.count)\(programs(of: $0.user))" }
    return ClientRefusal(
      code: EBUSY,
      reason:
        "all \(SlotTable.share.total) \(name) of the device are in use or kept for root; close"
        + " one\(most ?? "")")
  }

  /// Returns true if the session continues.
  private func serve(_ session: ClientSession, hasNews: Bool, at now: MonotonicInstant) -> Bool {
    guard hasNews else {
      switch session.state {
      case .silent(let deadline) where now >= deadline:
        return dismiss(session, at: now, "disconnected: it sent no request")
      case .waiting(let request, _): return answer(session, request, at: now)
      default: return true
      }
    }
    switch session.connection.receive(into: &buffer) {
    case .nothing: return true
    case .closed: return dismiss(session, at: now, "closed the device")
    case .packet(let length):
      guard case .silent = session.state else {
        return dismiss(session, at: now, "disconnected: it sent data after its request")
      }
      do throws(ClientRefusal) {
        let request = try ClientRequest(parsing: buffer, length: length)
        session.name(request.program)
        return answer(session, request, at: now)
      } catch {
        return refuse(session, error, at: now)
      }
    }
  }

  private func answer(
    _ session: ClientSession, _ request: ClientRequest, at now: MonotonicInstant
  ) -> Bool {
    do throws(ClientRefusal) {
      switch request.kind {
      case .observe:
        session.state = .observing
        return reply(session, slot: 0, descriptors: [device.readOnlyDescriptor], at: now)
      case .attach(let direction, let channels, let firstChannel, _, _):
        guard !waits(session, for: direction, request, at: now) else { return true }
        return try attach(session, direction, channels, firstChannel, at: now)
      }
    } catch {
      return refuse(session, error, at: now)
    }
  }

  private func refuse(
    _ session: ClientSession, _ refusal: ClientRefusal, at now: MonotonicInstant
  ) -> Bool {
    try? session.connection.send(ClientReply.refused(refusal), descriptors: [])
    record(
      .clientRefused, "refused \(session.label): \(refusal.reason)",
      session.facts.merging([.reason: refusal.reason]) { $1 }, session.user, now)
    return false
  }

  /// Returns true if the session must wait, because all slots are taken and one is about to become free: the
  /// frames of a program that has just closed the device are still being sent.
  private func waits(
    _ session: ClientSession, for direction: ClientStatus.Direction, _ request: ClientRequest,
    at now: MonotonicInstant
  ) -> Bool {
    guard direction == .playback, slots.hasRetiring,
      !slots.hasFree(direction, for: session.user)
    else { return false }
    if case .waiting(_, let deadline) = session.state { return now < deadline }
    session.state = .waiting(request, until: now + timeout)
    return true
  }

  private func attach(
    _ session: ClientSession, _ direction: ClientStatus.Direction, _ channels: Int,
    _ firstChannel: Int, at now: MonotonicInstant
  ) throws(ClientRefusal) -> Bool {
    guard let slot = slots.take(direction, for: session.user) else {
      throw fullRefusal(direction, session.user)
    }
    let memory: ClientMemory
    do {
      memory = try ClientMemory(
        direction: direction, channels: channels, firstChannel: firstChannel)
    } catch {
      slots.free(slot)
      throw ClientRefusal(code: ENOMEM, reason: "no memory for the stream's ring: \(error)")
    }
    session.attach(
      slot: slot, memory, direction, channels: channels, firstChannel: firstChannel)
    if direction == .playback {
      unsafe mixer.attach(
        slot: slot, memory: memory.page, channels: channels, firstChannel: firstChannel)
    }
    record(
      .clientOpened,
      "\(session.label) opened the device: \(direction.rawValue), \(channels) channels from"
        + " \(firstChannel + 1)", session.facts, session.user, now)
    return reply(
      session, slot: slot, descriptors: [device.readOnlyDescriptor, memory.descriptor], at: now)
  }

  private func reply(
    _ session: ClientSession, slot: Int, descriptors: [Int32], at now: MonotonicInstant
  ) -> Bool {
    do {
      try session.connection.send(ClientReply.accepted(slot: slot), descriptors: descriptors)
      return true
    } catch {
      return dismiss(session, at: now, "did not wait for the answer: \(error)")
    }
  }

  /// Takes back the client's resources. Always returns false: the session does not continue.
  private func dismiss(
    _ session: ClientSession, at now: MonotonicInstant, _ reason: String
  ) -> Bool {
    guard case .attached(let memory) = session.state else {
      log.debug("\(session.label) \(reason)")
      return false
    }
    refresh(session, device.clock, at: now)
    let slot = session.status.slot
    device.clear(slot: slot)
    if session.status.direction == .playback {
      slots.retire(slot, memory)
      mixer.retire(slot: slot)
    } else {
      slots.free(slot)
      memory.empty(log)
    }
    record(
      .clientClosed,
      "\(session.label) \(reason); \(session.status.frames) frames since its last start,"
        + " \(session.status.xruns) xruns in all", session.facts, session.user, now)
    return false
  }

  private func record(
    _ event: EventClass, _ text: String,
    _ facts: [EventField: any CustomStringConvertible & Sendable], _ user: UInt32?,
    _ now: MonotonicInstant
  ) {
    guard let more = budget.take(user, at: now) else { return }
    log.record(event, "\(text)\(more)", facts)
  }
}
