// SPDX-License-Identifier: MIT
import Addressing
import Fuzzing
import MediaClock
import SeededRandom
import Session
import SessionCorpus
import Testing

/// The reading of every file of the corpus, and the verdict of this host (field cases 2, 6, 12, 15 and N4;
/// lab 3, 4, 8 and 10; SDP-03, SDP-06, SDP-15).
@Suite struct CorpusTests {
  static let host = ReceiverProfile.thisHost(
    addresses: [], clock: FollowedClock(domain: 0, grandmaster: EUI64(0x001D_C1FF_FE12_00A4)))

  private func line(_ stream: StreamDescription) -> String {
    let frames = stream.frames.map { "\($0)" } ?? "?"
    let format = "\(stream.encoding)/\(stream.rate)/\(stream.channels)"
    return "\(stream.name) | \(stream.address):\(stream.port) | \(format) | \(frames)"
  }

  @Test func isNotEmpty() { #expect(SessionCorpus.all.count >= 70) }

  @Test(arguments: SessionCorpus.all)
  func isReadAsExpected(entry: SessionCorpusEntry) throws {
    let reading: SessionReading
    do throws(SDPError) {
      reading = try SessionReading(parsing: entry.bytes)
    } catch {
      #expect(entry.streams.isEmpty && !entry.isReceivable && entry.lost == [error.line])
      for words in entry.words { #expect(error.description.contains(words)) }
      return
    }
    #expect(reading.streams.map(line) == entry.streams)
    #expect(reading.ignored.map(\.line) == entry.ignored, "\(reading.ignored)")
    #expect(reading.lost.map(\.line) == entry.lost, "\(reading.lost)")
    let verdict = reading.streams.first.map { Self.host.verdict(on: $0) }
    #expect((verdict?.isReceivable ?? false) == entry.isReceivable)
    for words in entry.words {
      let said = verdict?.description ?? reading.lost.map(\.description).joined(separator: "; ")
      #expect(said.contains(words), "\(said)")
    }
  }

  /// The text written from a reading is read back as the same description, also for unusual files.
  @Test(arguments: SessionCorpus.all)
  func isReadBackUnchanged(entry: SessionCorpusEntry) throws {
    guard let reading = try? SessionReading(parsing: entry.bytes) else { return }
    let again = try SessionReading(parsing: reading.description.text)
    #expect(again.description == reading.description && again.streams == reading.streams)
    #expect(again.ignored.isEmpty || !reading.ignored.isEmpty)
    for stream in reading.streams where stream.address.ip4 != nil {
      let origin = Origin(identifier: 1, version: 1, address: stream.origin)
      let ours = SessionDescription(origin: origin, name: stream.name, streams: [stream])
      let read = try ours.streams()[0]
      #expect(Self.host.verdict(on: read) == Self.host.verdict(on: stream))
    }
  }

  /// An announced description gives the same reading as the file. An unreadable one is counted.
  @Test(arguments: SessionCorpus.all)
  func isReadTheSameWhenAnnounced(entry: SessionCorpusEntry) throws {
    var bench = Bench()
    let key = AnnouncementKey(origin: .ip4(Bench.host(1)), hash: 7)
    bench.receive(
      SAPPacket(isDeletion: false, key: key, payload: entry.bytes).bytes, at: 0)
    guard let reading = try? SessionReading(parsing: entry.bytes) else {
      #expect(bench.directory.count == 0 && bench.directory.counts.unreadable == 1)
      #expect(bench.directory.lastProblem?.line == entry.lost.first)
      return
    }
    let session = try #require(bench.directory.sessions.first)
    #expect(try session.reading() == reading)
    #expect(session.name == reading.description.title)
  }

  @Test func survivesMutatedInputs() {
    let seed: UInt64 = 20_261_128
    var mutator = Mutator(
      random: SeededGenerator(seed: seed), inputs: SessionCorpus.all.map(\.bytes))
    for round in 0..<fuzzRounds {
      let bytes = mutator.next()
      guard SDPFuzz.holds(for: bytes) else {
        Issue.record("seed \(seed), round \(round): \(bytes)")
        return
      }
    }
  }
}
