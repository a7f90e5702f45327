// SPDX-License-Identifier: MIT
internal import Addressing
internal import ControlAPI
internal import DaemonConfiguration
internal import EventLog
internal import LinuxIO
internal import Logging
internal import MediaClock
internal import Session

/// The sessions thread: passes announcements between the network, our announcer and the directory, and sets the
/// streams of receivers. An ordinary thread: it allocates, parses and logs.
struct SessionLoop: Sendable {
  /// The interval at which streams, interface and grandmaster are checked.
  private static let pace = Interval.milliseconds(200)
  /// The same at first, until there is an interface: from then on, a kept number is confirmed.
  private static let startPace = Interval.milliseconds(20)
  private static let maximumStartLooks = 50
  /// The shortest time between two writes of the file of all sessions.
  private static let filePace = Interval.seconds(1)
  /// The time without further changes before a write: writing thousands of sessions takes longer than their
  /// packets can wait.
  private static let calm = Interval.milliseconds(300)
  private static let maximumDelay = Interval.seconds(5)
  /// The longest time between two writes while packets are counted that change no session.
  private static let countsPace = Interval.seconds(10)
  /// The maximum number of changes that are logged one by one. After so many, one change a second is logged.
  private static let maximumTold = 256

  private(set) var configuration: Configuration
  let streams: any AnnouncedStreams
  let grandmaster: SessionService.GrandmasterSource
  let store: any StateStorage
  let snapshot: SessionSnapshot
  private let publish: SessionService.StatusSink
  private let assignNumber: @Sendable (UInt8?) -> Void
  let log: Logger

  private var socket: Owned<SAPSocket>?
  private var network: Network?
  private var nextTry = MonotonicInstant(nanoseconds: 0)
  private var problem: String?
  var directory: SessionDirectory
  var announcer: Announcer
  var identities: SessionIdentities
  /// The announced configurations, with which changes are detected.
  var announced: [StreamID: SenderConfiguration] = [:]
  var surroundings: OwnSessions.Surroundings?
  var own: [SessionDescription] = []
  /// The sessions of others.
  var known = KnownSessions()
  var host = ReceiverProfile()
  var subscriptions = Subscriptions()
  var located = LocatedDescriptions()
  var unusable = UnusableSessions()
  let descriptions = DescriptionRequests()
  var watch = AddressWatch()
  var layout: LayoutNumber
  /// The time at which the announcement groups were joined: a second later, the streams of others are known.
  var listeningSince: MonotonicInstant?
  private var lines = LogBudget(burst: Int64(SessionLoop.maximumTold), refill: .seconds(1))
  private var toldUnreadable: String?
  private var toldCounts: [String: Int] = [:]
  private var isNews = true
  private var isTold = true
  private var isCounted = false
  private var firstNews = MonotonicInstant(nanoseconds: 0)
  private var lastNews = MonotonicInstant(nanoseconds: 0)
  private var nextFile = MonotonicInstant(nanoseconds: 0)
  private var startLooks = 0
  private var nextLook = MonotonicInstant(nanoseconds: 0)
  private var buffer = [UInt8](repeating: 0, count: SAPPacket.maximumByteCount + 1)

  private struct Network: Equatable {
    var index: UInt32
    var address: IPv4Address
  }

  init(
    _ configuration: Configuration, _ streams: any AnnouncedStreams,
    _ grandmaster: @escaping SessionService.GrandmasterSource, _ store: any StateStorage,
    _ snapshot: SessionSnapshot, publish: @escaping SessionService.StatusSink,
    assignNumber: @escaping @Sendable (UInt8?) -> Void, _ log: Logger
  ) {
    self.configuration = configuration
    self.streams = streams
    self.grandmaster = grandmaster
    self.store = store
    self.snapshot = snapshot
    self.publish = publish
    self.assignNumber = assignNumber
    self.log = log
    identities =
      store.load(
        SessionIdentities.subject, version: SessionIdentities.formVersion,
        as: SessionIdentities.self) ?? SessionIdentities()
    layout = LayoutNumber(configuration, store)
    directory = SessionDirectory(at: MonotonicClock.now)
    announcer = Announcer(
      seed: .random(in: .min ... .max), stamps: identities.sessionStamps)
  }

  /// Runs until the thread is asked to stop.
  mutating func run(on thread: WakeableThread) {
    var waiting = WaitSet()
    while !thread.isStopping {
      let now = MonotonicClock.now
      if now >= nextLook { look(at: now) }
      directory.advance(to: now)
      takeNews(at: now)
      announce(at: now)
      numberHost(at: now)
      report(at: now)
      waiting.removeAll()
      waiting.add(thread.stopDescriptor)
      for descriptor in socket?.value.descriptors ?? [] { waiting.add(descriptor) }
      waiting.wait(milliseconds: sleep(from: MonotonicClock.now))
      receive()
    }
    descriptions.close()
    bidFarewell()
  }

  private func sleep(from now: MonotonicInstant) -> Int32 {
    let until = [announcer.deadline, layout.deadline].compactMap(\.self).reduce(nextLook, min)
    return Int32(clamping: max(0, ((until - now).nanoseconds + 999_999) / 1_000_000))
  }

  // MARK: Network

  private mutating func look(at now: MonotonicInstant) {
    let isStarting = network == nil && startLooks < Self.maximumStartLooks
    if isStarting { startLooks += 1 }
    nextLook = now + (isStarting ? Self.startPace : Self.pace)
    if let new = snapshot.takeConfiguration() { apply(new) }
    let found = streams.interface()
    let usable = found.map { Network(index: $0.interface.index, address: $0.address) }
    if usable != network {
      socket = nil
      network = usable
      nextTry = now
    }
    if let found, socket == nil, now >= nextTry {
      open(on: found.interface, from: found.address, at: now)
    }
    followHost(found)
    followAddresses(found, at: now)
    followSenders(found, at: now)
    followReceivers(at: now)
  }

  /// Applies a configuration, with the next check.
  private mutating func apply(_ new: Configuration) {
    if new.network.loopback != configuration.network.loopback
      || new.network.announcementGroups != configuration.network.announcementGroups
    {
      socket = nil
      nextTry = MonotonicInstant(nanoseconds: 0)
      watch.forget()
    }
    if layout.choice != new.layoutChoice {
      layout = LayoutNumber(new, store)
      if let network, socket != nil { layout.begin(from: network.address, at: MonotonicClock.now) }
    }
    configuration = new
  }

  private mutating func open(
    on interface: NetworkInterface, from address: IPv4Address, at now: MonotonicInstant
  ) {
    do throws(SystemError) {
      socket = Owned(
        try SAPSocket(
          interface: interface, source: address, loopback: configuration.network.loopback,
          groups: configuration.network.announcementGroups,
          listeningAlsoOn: SAPSocket.commonGroups))
      problem = nil
      listeningSince = now
      announcer.introduce(at: now)
      announcer.inquire(from: address)
      layout.begin(from: address, at: now)
    } catch {
      nextTry = now + .seconds(1)
      let line = "sessions are neither announced nor received: \(error); trying again"
      if line == problem { layout.assume(at: now) }
      if line != problem { log.record(.announcementUnavailable, line) }
      problem = line
    }
    isNews = true
  }

  // Bounded: what arrives faster than 512 a round waits for the next one.
  private mutating func receive() {
    guard let box = socket else { return }
    for _ in 0..<512 {
      guard let packet = box.value.receive(into: &buffer) else { return }
      let bytes = Array(buffer[..<packet.count])
      let now = MonotonicClock.now
      if let claim = LayoutClaim(bytes) {
        layout.heard(claim, from: packet.source, at: now)
      } else {
        directory.receive(bytes, from: packet.source, at: now, inflate: Inflation.inflate)
      }
    }
  }

  private mutating func announce(at now: MonotonicInstant) {
    announcer.advance(to: now)
    while let packet = announcer.nextAction() { try? socket?.value.send(packet) }
  }

  /// Updates the number of this host, and reports it to the senders that depend on it.
  private mutating func numberHost(at now: MonotonicInstant) {
    layout.advance(to: now)
    while let action = layout.nextAction() {
      switch action {
      case .send(let claim): try? socket?.value.send(claim.bytes)
      case .take(let number):
        store.save(KeptLayout.subject, version: KeptLayout.formVersion, layout.kept)
        if layout.isAutomatic {
          let limit = socket == nil ? "; whether another host has the same number is unknown" : ""
          log.record(.layoutNumber, layoutSentence(number) + limit, [.hostNumber: "\(number)"])
        }
        assignNumber(number)
      case .release(let number, let reason):
        log.record(
          .layoutNumber, "this host is no longer number \(number) of the layout: \(reason.text)",
          [.hostNumber: "\(number)", .reason: reason.text])
        assignNumber(nil)
      }
    }
  }

  private mutating func bidFarewell() {
    announcer.withdrawAll(at: MonotonicClock.now)
    while let deadline = announcer.deadline {
      MonotonicClock.sleep(until: deadline)
      announce(at: MonotonicClock.now)
    }
  }

  // MARK: Changes of sessions

  mutating func takeNews(at now: MonotonicInstant) {
    var isChanged = false
    while let action = directory.nextAction() {
      isChanged = true
      switch action {
      case .appeared(let identity):
        note(identity)
        record(
          .sessionFound, identity, "session \"\(known.name(of: identity))\" is announced", now)
      case .changed(let identity): note(identity)
      case .disappeared(let identity, let reason):
        record(
          .sessionGone, identity,
          "session \"\(known.name(of: identity))\" is no longer announced: \(reason)", now)
        known.forget(identity)
      case .newSource: announcer.introduce(at: now)
      case .overflow: noteAll()
      }
    }
    guard isChanged else { return }
    isNews = true
    followReceivers(at: now)
  }

  private mutating func record(
    _ event: EventClass, _ identity: SessionIdentity, _ line: String, _ now: MonotonicInstant
  ) {
    guard directory.count <= Self.maximumTold, let more = lines.take(at: now) else { return }
    log.record(event, line + more, [.session: "\(identity)"])
  }

  mutating func noteAll() {
    known.removeAll()
    for session in directory.sessions { known.note(session, for: host) }
    isNews = true
  }

  private mutating func note(_ identity: SessionIdentity) {
    if let session = directory[identity] { known.note(session, for: host) }
  }

  mutating func noteNews() { isNews = true }

  private mutating func report(at now: MonotonicInstant) {
    let unreadable = directory.problem(at: now).map { "\($0.source): \($0.error)" }
    let counts = directory.counts.byCause
    if unreadable != toldUnreadable || counts != toldCounts {
      // At once for requests; the file would be written for each packet of a flood.
      snapshot.update(counts: counts, unreadable: unreadable)
      if (unreadable == nil) != (toldUnreadable == nil) { isNews = true }
      isCounted = true
      (toldUnreadable, toldCounts) = (unreadable, counts)
    }
    if isCounted, isTold, now - nextFile >= Self.countsPace { isNews = true }
    if isNews {
      if isTold { firstNews = now }
      lastNews = now
      (isNews, isTold) = (false, false)
    }
    guard !isTold, now >= nextFile,
      now - lastNews >= Self.calm || now - firstNews >= Self.maximumDelay
    else { return }
    isTold = true
    nextFile = now + Self.filePace
    let own = own.map { SessionStatus(own: $0, for: host) }
    isCounted = false
    let all = (own + known.statuses).sorted { ($0.name, $0.origin) < ($1.name, $1.origin) }
    let status = SessionsStatus(
      sessions: all, counts: counts, error: problem, unreadable: unreadable)
    snapshot.update(status)
    publish(status)
  }
}
