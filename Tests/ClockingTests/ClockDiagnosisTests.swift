// SPDX-License-Identifier: MIT
import Addressing
import ControlAPI
import MediaClock
import PTP
import Testing

@testable import Clocking

/// The problems found in an ordinary clock, with messages and times as arguments.
@Suite("ClockDiagnosis: problems of the clock (field cases 4, 18, 20; lab 11)")
struct ClockDiagnosisTests {
  private var clock: OrdinaryClock
  private var now = MonotonicInstant(nanoseconds: 1_000_000_000)
  private var diagnosis = ClockDiagnosis()
  private var sequence: UInt16 = 0
  private var isAnswering = true

  private static let own = ClockIdentity(0x02_0000_FFFE_0000_01)
  private static let master = PortIdentity(
    clockIdentity: ClockIdentity(0x02_0000_FFFE_0000_99), portNumber: 1)
  private static let path = ClockDiagnosis.Path(
    addresses: [IPv4Address("10.0.0.1") ?? .any])

  init() throws {
    var settings = Settings(mode: .slave, clockIdentity: Self.own)
    settings.logSyncInterval = -3
    clock = try OrdinaryClock(
      settings: settings,
      clock: .freeRunning(
        from: now, at: PTPInstant(nanoseconds: 1_795_000_000_000_000_000), rate: .hz48000), seed: 1)
    clock.link(isUp: true, at: now)
  }

  private mutating func receive(
    _ body: Message.Body, from source: PortIdentity = master, flags: Flags = [], log: Int8 = -3,
    domain: UInt8 = 0, address: String = "10.0.0.2"
  ) {
    let header = Header(
      domainNumber: domain, flags: flags, sourcePortIdentity: source, sequenceId: sequence,
      logMessageInterval: log)
    let arrival: Arrival = body.messageType.isEvent ? .event(stamp: now) : .general
    let peer = Peer(address: UInt64((IPv4Address(address) ?? .any).bits))
    // Safety: bytes as bytes.
    clock.receive(
      unsafe Message(header, body).bytes.span.bytes, from: peer, arrival, at: now)
    perform()
  }

  private mutating func perform() {
    while let action = clock.nextAction() {
      guard case .sendStamped(_, let token) = consume action else { continue }
      clock.transmitted(token, at: now, now: now)
    }
  }

  private static let announce = Message.Body.announce(
    Announce(
      currentUtcOffset: 37, grandmasterPriority1: 100,
      grandmasterClockQuality: ClockQuality(
        clockClass: 6, clockAccuracy: 0x21, offsetScaledLogVariance: 0x4E5D),
      grandmasterPriority2: 128, grandmasterIdentity: master.clockIdentity, stepsRemoved: 0,
      timeSource: 0x20))

  /// Advances the time by `seconds`. The master sends Sync and Follow_Up eight times a second, and Announce
  /// every two seconds.
  private mutating func run(
    seconds: Int, sync: Bool = true, followUp: Bool = true,
    extra: (inout ClockDiagnosisTests) -> Void = { _ in }
  ) {
    for tick in 0..<(seconds * 8) {
      now = now + .milliseconds(125)
      sequence &+= 1
      if tick % 16 == 0 { receive(Self.announce, log: 1) }
      if sync { receive(.sync(Sync(originTimestamp: .zero)), flags: .twoStep) }
      if sync, followUp {
        receive(
          .followUp(
            FollowUp(preciseOriginTimestamp: Timestamp(PTPInstant(nanoseconds: now.nanoseconds)))))
      }
      extra(&self)
      while let deadline = clock.deadline, deadline <= now {
        clock.advance(to: now)
        perform()
      }
    }
  }

  private mutating func problems() -> [ClockProblem] {
    diagnosis.problems(of: clock, on: Self.path, at: now)
  }

  @Test mutating func noAnnounceIsReceived() {
    #expect(problems().map(\.cause) == [.starting])
    now = now + .seconds(9)
    #expect(problems().map(\.cause) == [.starting])
    now = now + .seconds(3)
    #expect(problems() == [.noGrandmaster(domain: 0, seconds: 12, otherDomain: nil)])
    receive(Self.announce, domain: 127)
    #expect(problems() == [.noGrandmaster(domain: 0, seconds: 12, otherDomain: 127)])
  }

  @Test("lab 11: a master that never answers Delay_Req is reported with its counts within 20 s")
  mutating func delayRequestsAreNotAnswered() throws {
    run(seconds: 20)
    let problem = try #require(problems().first)
    #expect(problem.cause == .noDelayResponse && problem.level == .blocking)
    #expect(problem.figures["asked"] ?? 0 >= 8 && problem.figures["answered"] == 0)
  }

  @Test(
    "Field case 20: peer delay is reported if the master sends Pdelay_Req, not if another clock does"
  )
  mutating func peerDelay() {
    let other = PortIdentity(clockIdentity: ClockIdentity(0x77), portNumber: 1)
    run(seconds: 20) { $0.receive(.pdelayReq(PdelayReq(originTimestamp: .zero)), from: other) }
    #expect(problems().first?.cause == .noDelayResponse)
    run(seconds: 5) { $0.receive(.pdelayReq(PdelayReq(originTimestamp: .zero))) }
    #expect(problems().first?.cause == .peerDelay)
  }

  @Test mutating func noSyncIsReceived() {
    run(seconds: 14, sync: false)
    #expect(problems().map(\.cause) == [.noSync])
  }

  @Test mutating func noFollowUpIsReceived() {
    run(seconds: 7, followUp: false)
    #expect(problems().map(\.cause) == [.measuring])
    run(seconds: 7, followUp: false)
    #expect([.noFollowUp, .noDelayResponse].contains(problems().first?.cause))
  }

  @Test("Field case 18: a host with this clock's identity is reported after two of its messages")
  mutating func duplicateIdentity() {
    let twin = PortIdentity(clockIdentity: Self.own, portNumber: 1)
    receive(Self.announce, from: twin, address: "10.0.0.7")
    #expect(!problems().map(\.cause).contains(.sameIdentity))
    now = now + .seconds(2)
    receive(Self.announce, from: twin, address: "10.0.0.7")
    let found = problems().first { $0.cause == .sameIdentity }
    #expect(found?.sentence.contains("10.0.0.7") == true)
    // A message from this host's own address is its own message that came back.
    receive(Self.announce, from: twin, address: "10.0.0.1")
    #expect(problems().map(\.cause).contains(.ownMessages))
    now = now + .seconds(21)
    #expect(!problems().map(\.cause).contains(.ownMessages))
  }

  @Test mutating func interfaceProblemsComeFirst() {
    var path = Self.path
    path.portsProblem = "PTP cannot use eth0"
    #expect(diagnosis.problems(of: clock, on: path, at: now).map(\.cause) == [.portsUnavailable])
    path.problem = "interface eth0 is down"
    #expect(diagnosis.problems(of: clock, on: path, at: now).map(\.cause) == [.noInterface])
  }

  @Test("Each problem is logged once, and again after a minute without it")
  func loggedOnce() {
    var log = ClockProblemLog()
    let problem = ClockProblem.noSync("M", announces: 3)
    func at(_ seconds: Int64) -> MonotonicInstant {
      MonotonicInstant(nanoseconds: seconds * 1_000_000_000)
    }
    #expect(log.news([.starting, problem], at: at(10)) == [problem])
    for second in 11..<100 as Range<Int64> {
      #expect(log.news([.noSync("M", announces: UInt64(second))], at: at(second)).isEmpty)
    }
    #expect(log.news([], at: at(101)).isEmpty)
    #expect(log.news([problem], at: at(120)).isEmpty)
    #expect(log.news([problem], at: at(181)) == [problem])
  }
}
