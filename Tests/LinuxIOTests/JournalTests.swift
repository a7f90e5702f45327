// SPDX-License-Identifier: MIT
import Glibc
import Testing

@testable import LinuxIO

@Suite struct JournalTests {
  private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

  @Test func oneLineForEachField() {
    #expect(
      text(Journal.encode([("MESSAGE", "a = b"), ("PRIORITY", "5")]))
        == "MESSAGE=a = b\nPRIORITY=5\n")
  }

  /// systemd.io/JOURNAL_NATIVE_PROTOCOL: a value with line feeds is preceded by its length in 64 bits, little
  /// endian.
  @Test func aValueWithLineFeedsHasALength() {
    let bytes = Journal.encode([("MESSAGE", "one\ntwo")])
    #expect(bytes == Array("MESSAGE\n".utf8) + [7, 0, 0, 0, 0, 0, 0, 0] + Array("one\ntwo\n".utf8))
  }

  @Test(arguments: [
    "", "_PID", "lower", "WITH SPACE", "1ST", "A=B", "Ä", String(repeating: "A", count: 65),
  ])
  func namesThatTheJournalRefusesAreLeftOut(_ name: String) {
    #expect(Journal.encode([(name, "x"), ("GOOD_1", "y")]) == Array("GOOD_1=y\n".utf8))
  }

  @Test func longValuesAreCut() {
    let bytes = Journal.encode([("A", String(repeating: "x", count: 1 << 20))])
    #expect(bytes.count == Journal.maximumValue + 3)
  }

  @Test func sendsOneDatagram() throws {
    let name = "@aes67-journal-\(getpid())"
    let receiver = FileDescriptor(owning: socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0))
    let address = try #require(UnixAddress(name))
    #expect(unsafe address.withPointer { unsafe bind(receiver.number, $0, $1) } == 0)
    #expect(Journal(path: name).send([("MESSAGE", "hello"), ("STREAM", "left")]))
    var buffer = [UInt8](repeating: 0, count: 100)
    let count = unsafe recv(receiver.number, &buffer, 100, Int32(MSG_DONTWAIT))
    #expect(text(Array(buffer.prefix(max(0, count)))) == "MESSAGE=hello\nSTREAM=left\n")
  }

  @Test func reportsAMissingJournal() {
    #expect(!Journal(path: "/nonexistent/journal").send([("MESSAGE", "x")]))
  }
}
