// SPDX-License-Identifier: MIT
import Addressing
import DaemonConfiguration
import MediaClock
import ParsedConfiguration
import Session
import Testing

@testable import Discovery

/// Subscription by URL: the URLs that are accepted, and the times of the requests.
@Suite struct LocatedDescriptionsTests {
  private let receiver = StreamID(1)
  private let url = try! DescriptionURL("http://10.0.0.9/stage.sdp")
  private let stream = StreamDescription(
    name: "Stage", origin: HostAddress(.any), address: HostAddress(IPv4Address(bits: 0xEF45_0101)),
    port: 5004, payloadType: 98, encoding: .l24, channels: 2, frames: 48)

  private struct Requests {
    var located = LocatedDescriptions()
    var asked = 0
  }

  private func decide(
    _ requests: inout Requests, packets: UInt64, at milliseconds: Int64
  ) -> Subscriptions.Decision {
    var asked = 0
    defer { requests.asked += asked }
    return requests.located.decide(
      receiver, at: url, host: ReceiverProfile(), packets: packets,
      now: MonotonicInstant(nanoseconds: milliseconds * 1_000_000), ask: { _ in asked += 1 })
  }

  @Test(arguments: [
    ("http://mixer", "mixer", 80, "/"),
    ("HTTP://10.0.0.5:8080/by-id/1?x=y", "10.0.0.5", 8080, "/by-id/1?x=y"),
    ("http://a.b-c_d/s.sdp#top", "a.b-c_d", 80, "/s.sdp"), ("http://h?q", "h", 80, "/?q"),
  ])
  func urls(text: String, host: String, port: Int, target: String) throws {
    let url = try DescriptionURL(text)
    #expect((url.host, url.port, url.target) == (host, port, target))
  }

  @Test(arguments: [
    ("https://mixer/a", "https is not supported; it begins with http://"),
    ("file:///etc/passwd", "file is not supported; it begins with http://"),
    ("mixer/a.sdp", "no scheme is not supported; it begins with http://"),
    ("http:///a", "\"\" is not HOST or HOST:PORT"),
    ("http://user@mixer/a", "\"user@mixer\" is not HOST or HOST:PORT"),
    ("http://mixer:0/a", "\"0\" is not a port, 1 to 65535"),
    ("http://mixer:99999/", "\"99999\" is not a port, 1 to 65535"),
    (
      "http://mixer/a\r\nX: y", "expected up to 1024 ASCII characters without spaces"
    ),
    (
      "http://mixer/" + String(repeating: "a", count: 1_024),
      "expected up to 1024 ASCII characters without spaces"
    ),
  ])
  func refusedURLs(text: String, reason: String) {
    let error = #expect(throws: DescriptionURL.Problem.self) { try DescriptionURL(text) }
    #expect(error?.reason == reason)
  }

  @Test func redirects() throws {
    let here = try DescriptionURL("http://mixer:8080/a")
    #expect(try here.redirected(to: "/b").description == "http://mixer:8080/b")
    #expect(try here.redirected(to: "http://other/b").description == "http://other/b")
    #expect(throws: DescriptionURL.Problem.self) { try here.redirected(to: "https://other/b") }
    #expect(throws: DescriptionURL.Problem.self) { try here.redirected(to: "//other/b") }
  }

  @Test func failedRequestsAreRepeatedAtIncreasingIntervals() {
    var requests = Requests()
    #expect(decide(&requests, packets: 0, at: 0) == .wait(reason: "\(url): waiting for the answer"))
    var moments: [Int64] = []
    for second in 1...100 as ClosedRange<Int64> {
      requests.located.answer(url, .failure(.init(description: "no route")))
      let before = requests.asked
      #expect(decide(&requests, packets: 0, at: second * 1_000) == .wait(reason: "no route"))
      if requests.asked > before { moments.append(second) }
    }
    #expect(moments == [1, 3, 7, 15, 31, 63, 95])
  }

  @Test func requestsAreMadeOnlyWhileNoPacketsArrive() {
    var requests = Requests()
    _ = decide(&requests, packets: 0, at: 0)
    requests.located.answer(url, .success(.init(stream: stream)))
    let note = ReceiverProfile().verdict(on: stream).description
    for step in 1...100 as ClosedRange<Int64> {
      #expect(
        decide(&requests, packets: UInt64(step), at: step * 1_000) == .receive(stream, note: note))
    }
    #expect(requests.asked == 1)
    #expect(
      decide(&requests, packets: 100, at: 103_000)
        == .receive(stream, note: "no packets of \(url) arrive"))
    #expect(requests.asked == 2)
    // A failed request leaves the known description in force, and a new description takes effect at once.
    requests.located.answer(url, .failure(.init(description: "no route")))
    #expect(
      decide(&requests, packets: 100, at: 103_100)
        == .receive(stream, note: "no packets of \(url) arrive; no route"))
    var moved = stream
    moved.address = HostAddress(IPv4Address(bits: 0xEF45_0102))
    _ = decide(&requests, packets: 100, at: 110_000)
    requests.located.answer(url, .success(.init(stream: moved)))
    #expect(decide(&requests, packets: 101, at: 110_100) == .receive(moved, note: note))
  }

  @Test func anUnreceivableStreamIsReported() {
    var requests = Requests()
    _ = decide(&requests, packets: 0, at: 0)
    var wrong = stream
    wrong.rate = 96_000
    requests.located.answer(url, .success(.init(stream: wrong)))
    guard case .unusable(let reason) = decide(&requests, packets: 0, at: 1) else {
      Issue.record("received")
      return
    }
    #expect(reason.contains("96000 Hz"))
  }

  /// F12: no message quotes a fetched text, so that a redirection cannot disclose the answer of another
  /// server.
  @Test(arguments: [
    "secret=hunter2", "v=0\no=secret\ns=-\nt=0 0\nm=audio 5004 RTP/AVP 98\n",
    "v=0\nsecret hunter2\n", "v=0\ns=-\nm=secret hunter2\n",
    "v=0\ns=-\nc=IN IP4 secret\nm=audio 5004 RTP/AVP 98\na=rtpmap:98 L24/48000/2\n",
    "v=0\ns=-\nc=IN IP4 239.1.1.1/32\nm=audio 5004 RTP/AVP 98\na=rtpmap:98 secret\n",
    "v=0\ns=-\nc=IN IP4 239.1.1.1/32\nm=audio 5004 RTP/AVP 98\na=rtpmap:98 L24/48000/2\na=ptime:secret\n",
  ])
  func fetchedTextIsNotQuoted(text: String) {
    let said: [String]
    switch DescriptionFetch.answer(Array(text.utf8), from: url) {
    case .success(let stream): said = stream.notes
    case .failure(let problem): said = [problem.description]
    }
    #expect(!said.isEmpty)
    for sentence in said {
      #expect(!sentence.contains("secret") && !sentence.contains("hunter"), "\(sentence)")
      #expect(sentence.hasPrefix("http://10.0.0.9/stage.sdp: "), "\(sentence)")
    }
  }

  @Test func theFileAcceptsOneKindOfSubscription() throws {
    let found = try Configuration(
      parsing: "receivers: [{ sdp-url: \"http://10.0.0.9/stage.sdp\", channels: 2 }]", file: "test"
    ).receivers[0]
    #expect(found.subscription == .location(url))
    let error = #expect(throws: ConfigurationError.self) {
      try Configuration(
        parsing: "receivers: [{ sdp-url: \"https://10.0.0.9/\", session: Stage }]", file: "test")
    }
    #expect(error?.problems.count == 2, "\(String(describing: error))")
  }
}
