// SPDX-License-Identifier: MIT
import Addressing
import Session
import Testing

@Suite struct SessionDescriptionTests {
  /// The description of each device is written as it was read, except for the line ends.
  @Test(arguments: Corpus.all)
  func writesWhatItRead(name: String, text: String) throws {
    let description = try SessionDescription(parsing: text)
    let plain = text.contains("\r\n") ? text : Corpus.crlf(text)
    #expect(description.text == plain)
  }

  @Test func readsTheParts() throws {
    let description = try SessionDescription(parsing: Corpus.dante)
    #expect(description.origin.identifier == "1423986")
    #expect(description.origin.version == 1_423_994)
    #expect(description.origin.address.text == "169.254.98.63")
    #expect(description.name == "AVIO-Hall : 2")
    #expect(description.connection?.address.ip4?.description == "239.69.205.203")
    #expect(description.connection?.timeToLive == 32)
    #expect(description.attributes.value("keywds") == "Dante")
    let media = try #require(description.media.first)
    #expect(description.media.count == 1)
    #expect(media.kind == "audio" && media.port == 5004 && media.transport == "RTP/AVP")
    #expect(media.formats == ["97"])
    #expect(media.information == "2 channels: Left Right")
    #expect(media.attributes.has("recvonly") && !media.attributes.has("sendrecv"))
    #expect(media.attributes.first("ptime")?.line.number == 11)
  }

  @Test func putsLinesInTheStandardsOrder() throws {
    let text = "v=0\ns=N\na=x:1\nt=0 0\nc=IN IP4 239.1.2.3/4\no=me 7 8 IN IP4 10.0.0.1\nq=unknown\n"
    let description = try SessionDescription(parsing: text)
    #expect(
      description.text
        == "v=0\r\no=me 7 8 IN IP4 10.0.0.1\r\ns=N\r\nc=IN IP4 239.1.2.3/4\r\nt=0 0\r\na=x:1\r\n")
  }

  @Test func keepsUnknownLines() throws {
    let text = Corpus.crlf(
      """
      v=0
      o=Some One 7 8 IN IP6 2001:db8::1
      s=
      i=About it
      u=http://example.org/
      e=me@example.org
      p=+1 234
      c=IN IP6 ff15::101/3
      b=AS:1500
      t=2873397496 2873404696
      r=7d 1h 0 25h
      t=0 0
      z=2882844526 -1h
      k=prompt
      a=-x:y:z
      m=video 49170/2 RTP/AVP 31 32
      b=TIAS:1
      k=clear:1
      a=

      """)
    let description = try SessionDescription(parsing: text)
    #expect(description.text == text)
    #expect(description.origin.user == "Some One")
    #expect(description.connection?.groups == 3)
    #expect(description.media[0].portCount == 2)
    #expect(description.media[0].formats == ["31", "32"])
  }

  @Test func addsRequiredLines() throws {
    let description = try SessionDescription(parsing: "v=0\no=- 1 1 IN IP4 10.0.0.1\n")
    #expect(description.text == "v=0\r\no=- 1 1 IN IP4 10.0.0.1\r\ns=-\r\nt=0 0\r\n")
  }

  @Test func toleratesEndsOfLinesAndText() throws {
    let description = try SessionDescription(
      parsing: "v=0\r\n\r\no=- 1 1 IN IP4 10.0.0.1\ns=Last\u{0}\u{0}")
    #expect(description.name == "Last")
  }

  /// A name cannot move a cursor, forge a line or change the direction of the text around it.
  @Test func controlCharactersAreReplaced() throws {
    let description = try SessionDescription(
      parsing: "v=0\no=- 1 1 IN IP4 10.0.0.1\ns=a\u{1B}[2J\u{7F}\u{9B}b\t\u{202E}c\u{2028}d\rE\n")
    #expect(description.name == "a\u{FFFD}[2J\u{FFFD}\u{FFFD}b \u{FFFD}c\u{FFFD}d\u{FFFD}E")
    let latin1 = Array("v=0\no=- 1 1 IN IP4 10.0.0.1\ns=B".utf8) + [0xFC] + Array("hne\n".utf8)
    let repaired = try unsafe SessionDescription(parsing: latin1.span.bytes)
    #expect(repaired.name == "Bühne")
  }

  @Test func writesOneLineForEachValue() throws {
    var description = try SessionDescription(parsing: Corpus.dante)
    description.name = "x\r\na=ptime:9"
    #expect(description.text.contains("s=x\u{FFFD}\u{FFFD}a=ptime:9\r\n"))
  }

  static let wrong: [(String, Int, String)] = [
    ("", 1, "first line must be v=0"),
    ("o=- 1 1 IN IP4 10.0.0.1\n", 1, "first line must be v=0, and is \"o=- 1 1 IN IP4 10.0.0.1\""),
    ("v=1\n", 1, "first line must be v=0"),
    ("HTTP/1.1 404\n", 1, "first line must be v=0"),
    ("\n\n<html>\n", 3, "first line must be v=0"),
    ("v=0\ns=No origin\n", 0, "o=USER SESSION VERSION IN IP4 ADDRESS is missing"),
    ("v=0\no=- 1 IN IP4 10.0.0.1\n", 2, "USER SESSION VERSION"),
    ("v=0\no=- 1 -1 IN IP4 10.0.0.1\n", 2, "USER SESSION VERSION"),
    ("v=0\no=- 1 1 ATM IP4 10.0.0.1\n", 2, "USER SESSION VERSION"),
  ]

  @Test(arguments: wrong)
  func namesTheLineAndTheReason(text: String, line: Int, reason: String) throws {
    let error = #expect(throws: SDPError.self) { try SessionDescription(parsing: text) }
    #expect(error?.line == line)
    #expect(error?.description.contains(reason) == true, "\(String(describing: error))")
  }

  /// An unreadable line is ignored, or its section is lost. The line is reported (field case 2).
  static let spoiled: [(String, Int, String, Bool)] = [
    ("nonsense\n", 3, "LETTER=VALUE", false), ("=\n", 3, "LETTER=VALUE", false),
    ("c=IN IP4 239.1.1.1/256\n", 3, "IN IP4 ADDRESS/TTL", false),
    ("c=IN IP4 239.1.1.1/1/1/1\n", 3, "IN IP4 ADDRESS/TTL", false),
    ("c=IN IP4 /1\n", 3, "IN IP4 ADDRESS/TTL", false), ("c=\n", 3, "IN IP4 ADDRESS/TTL", false),
    ("o=again\n", 3, "USER SESSION VERSION", false),
    ("m=audio 65536 RTP/AVP 98\n", 3, "KIND PORT", true),
    ("m=audio 5004 RTP/AVP\n", 3, "KIND PORT", true),
    ("m=audio 5004/0 RTP/AVP 98\n", 3, "KIND PORT", true),
    ("m=video 1 RTP/AVP 96\nc=IN IP4\n", 4, "IN IP4 ADDRESS/TTL", true),
  ]

  @Test(arguments: spoiled)
  func unreadableLinesAreLeftOut(
    line: String, number: Int, reason: String, costsSection: Bool
  ) throws {
    let head = "v=0\no=- 1 1 IN IP4 10.0.0.1\n"
    let good = "m=audio 5004 RTP/AVP 98\nc=IN IP4 239.1.1.2/1\na=rtpmap:98 L24/48000/2\n"
    let reading = try SessionReading(parsing: head + line + good)
    #expect(reading.streams.map(\.address.text) == ["239.1.1.2"])
    let faults = costsSection ? reading.lost : reading.ignored
    #expect(faults.map(\.line) == [number] && reading.faults.count == 1, "\(reading.faults)")
    #expect(faults.first?.description.contains(reason) == true, "\(faults)")
  }

  @Test func isBounded() throws {
    let head = "v=0\no=- 1 1 IN IP4 10.0.0.1\n"
    let long = head + String(repeating: "x", count: SessionDescription.maximumByteCount)
    #expect(throws: SDPError.self) { try SessionDescription(parsing: long) }
    let lines = head + String(repeating: "a=b\n", count: 1_023)
    let error = #expect(throws: SDPError.self) { try SessionDescription(parsing: lines) }
    #expect(error?.line == 1_025)
    let media = head + String(repeating: "m=audio 1 RTP/AVP 98\n", count: 65)
    #expect(throws: SDPError(line: 67, reason: .tooManyMedia(maximum: 64))) {
      try SessionDescription(parsing: media)
    }
  }
}
