// SPDX-License-Identifier: MIT
import Addressing
import ControlAPI
import DaemonConfiguration
import MediaClock
import Notation
import ParsedConfiguration
import Session
import SessionCorpus
import Testing

@testable import Discovery

/// Every description of the corpus is received in every way: announced, as a file of the configuration, as
/// the text of a request, and from a URL. The verdict is always the same (lab 3 and 4; field cases 2, 6 and
/// 12).
@Suite struct OneVerdictTests {
  private static let host = ReceiverProfile.thisHost(
    addresses: [], clock: FollowedClock(domain: 0, grandmaster: EUI64(0x001D_C1FF_FE12_00A4)))
  private static let now = MonotonicInstant(nanoseconds: 0)
  private static let source = IPv4Address(bits: 0x0A46_0101)

  /// The configuration that follows from a decision for `receiver`; nil if nothing is received.
  private func outcome(
    _ decision: Subscriptions.Decision, _ receiver: ReceiverConfiguration
  ) -> Result<ReceiverConfiguration, ValidationError>? {
    guard case .receive(let stream, _) = decision else { return nil }
    return receiver.receiving(stream, clock: Self.host.clock)
  }

  private func check(
    _ decision: Subscriptions.Decision, of entry: SessionCorpusEntry, _ way: String
  ) throws {
    var receiver = ReceiverConfiguration()
    receiver.channels = 64
    let found = outcome(decision, receiver)
    #expect((found != nil) == entry.isReceivable, "\(way): \(decision)")
    guard entry.isReceivable else {
      guard case .unusable(let reason) = decision else {
        Issue.record("\(way): not refused: \(decision)")
        return
      }
      for words in entry.words { #expect(reason.contains(words), "\(way): \(reason)") }
      return
    }
    let configuration = try #require(try? found?.get(), "\(way): the engine cannot play it")
    #expect(entry.streams[0].contains("\(configuration.address):\(configuration.port)"))
    guard case .receive(_, let note) = decision else { return }
    // The note names the lines that were ignored.
    for line in entry.ignored + entry.lost {
      #expect(note?.contains("\(line): ") == true, "\(way): \(note ?? "no word")")
    }
  }

  private func known(_ entry: SessionCorpusEntry) -> KnownSessions {
    var directory = SessionDirectory(at: Self.now)
    let key = AnnouncementKey(origin: .ip4(Self.source), hash: 7)
    directory.receive(
      SAPPacket(isDeletion: false, key: key, payload: entry.bytes).bytes, from: Self.source,
      at: Self.now, inflate: { _, _ in nil })
    var known = KnownSessions()
    for session in directory.sessions { known.note(session, for: Self.host) }
    return known
  }

  private func decide(_ requested: String, among known: KnownSessions) -> Subscriptions.Decision {
    var (subscriptions, known) = (Subscriptions(), known)
    let match = known.match(requested)
    return subscriptions.decide(
      StreamID(1), subscribedTo: requested, from: match.offers, unread: match.unread,
      host: Self.host, packets: 0, at: Self.now)
  }

  @Test(arguments: SessionCorpus.all)
  func announced(entry: SessionCorpusEntry) throws {
    let known = known(entry)
    guard let status = known.statuses.first else {
      #expect(entry.streams.isEmpty, "the session is not listed")
      return
    }
    #expect(status.streams.map(\.verdict.receivable).first ?? false == entry.isReceivable)
    #expect(status.problems.count == entry.ignored.count + entry.lost.count)
    for requested in [status.name, status.origin] {
      try check(decide(requested, among: known), of: entry, "announced as \(requested)")
    }
    for (index, stream) in status.streams.enumerated() where entry.isReceivable {
      for requested in [stream.name, "\(stream.address):\(stream.port)"] {
        guard case .receive(let found, _) = decide(requested, among: known) else {
          Issue.record("\(requested) is not received")
          continue
        }
        #expect(entry.streams[index].contains("\(found.address):\(found.port)"), "\(requested)")
      }
    }
  }

  @Test(arguments: SessionCorpus.all)
  func fromAFileATextOrAURL(entry: SessionCorpusEntry) throws {
    let text = String(decodingText: entry.bytes)
    let configuration = try Configuration(
      parsing: "receivers: [{ sdp: stage.sdp, channels: 64 }]", file: "test",
      files: ["stage.sdp": text])
    guard case .description(let file)? = configuration.receivers[0].subscription else {
      Issue.record("no subscription")
      return
    }
    #expect((file.problem == nil) == entry.isReceivable, "\(file.problem ?? "no problem")")
    try check(file.decision(on: Self.host), of: entry, "file")
    // A request is refused for the same reason.
    do throws(ConfigurationError) {
      let receiver = try ReceiverConfiguration().applying(
        Node(["name": "Stage", "sdp-text": text, "channels": "64"]), named: "request")
      #expect(entry.isReceivable)
      guard case .description(let asked)? = receiver.subscription else { return }
      #expect(asked == file)
      try? check(asked.decision(on: Self.host), of: entry, "text")
      // The receiver is the same after it was saved and restored.
      let kept = try receiver.applying(Node(receiver.keys), named: "state")
      #expect(kept == receiver)
    } catch {
      #expect(!entry.isReceivable, "\(error)")
      for words in entry.words { #expect("\(error)".contains(words), "\(error)") }
    }
    let url = try DescriptionURL("http://10.0.0.9/stage.sdp")
    let answer = DescriptionFetch.answer(entry.bytes, from: url)
    guard case .success(let located) = answer else {
      #expect(file.stream == nil && !entry.isReceivable, "\(answer)")
      return
    }
    try check(
      Self.host.decision(on: located.stream, as: "\(url):", located.notes), of: entry, "URL")
  }

  /// Sessions with equal names and origins are distinguished, and each can be subscribed to (field cases 1
  /// and N4).
  @Test func sessionsWithEqualNamesAreDistinguished() throws {
    var directory = SessionDirectory(at: Self.now)
    for number in 1...3 {
      let host = IPv4Address(bits: Self.source.bits + UInt32(number / 3))
      let text =
        "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=No Name\nc=IN IP4 239.9.0.\(number)/255\nt=0 0\nm=audio 5004 RTP/AVP 97\n"
        + "a=rtpmap:97 L24/48000/2\n"
      let key = AnnouncementKey(origin: .ip4(host), hash: UInt16(number))
      directory.receive(
        SAPPacket(isDeletion: false, key: key, payload: Array(text.utf8)).bytes, from: host,
        at: Self.now, inflate: { _, _ in nil })
    }
    var known = KnownSessions()
    for session in directory.sessions { known.note(session, for: Self.host) }
    #expect(known.statuses.count == 3 && Set(known.statuses.map(\.origin)).count == 3)
    for status in known.statuses {
      let address = status.streams[0].address
      for requested in [status.origin, "\(address):5004"] {
        guard case .receive(let stream, _) = decide(requested, among: known) else {
          Issue.record("\(requested) is not received")
          continue
        }
        #expect(stream.address.text == address)
      }
    }
  }

  /// The origin of a session matches its owner alone while the owner is announced, although another host uses
  /// the same line o=.
  @Test func anOriginMatchesOnlyItsOwner() throws {
    let here = HostAddress(IPv4Address(bits: 0x0A00_0032))
    func offer(_ identity: SessionIdentity, _ group: UInt32, from source: UInt32, heard: Int64)
      -> Subscriptions.Offer
    {
      let stream = StreamDescription(
        name: "Stage", origin: here, address: HostAddress(IPv4Address(bits: group)), port: 5004,
        payloadType: 98, encoding: .l24, channels: 2, frames: 48)
      return Subscriptions.Offer(
        identity: identity, session: "Stage", stream: stream,
        firstHeard: MonotonicInstant(nanoseconds: heard), source: IPv4Address(bits: source))
    }
    let plain = SessionIdentity(user: "-", identifier: "4", address: here)
    var placed = plain
    placed.place = .init(source: IPv4Address(bits: 66), destination: "239.66.0.1:5004")
    let offers = [
      offer(plain, 0xEF09_0001, from: 1, heard: 0), offer(placed, 0xEF42_0001, from: 66, heard: 9),
    ]
    let matching = Subscriptions.matching(plain.description, in: offers)
    #expect(matching.map(\.source.bits) == [1])
    #expect(Subscriptions.matching(placed.description, in: offers).map(\.source.bits) == [66])
    #expect(Subscriptions.matching("Stage", in: offers).count == 2)
    // Without the owner, the other session with that origin matches.
    #expect(Subscriptions.matching(plain.description, in: [offers[1]]).count == 1)
  }
}
