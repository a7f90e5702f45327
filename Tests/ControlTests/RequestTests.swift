// SPDX-License-Identifier: MIT
import ControlAPI
import DaemonConfiguration
import HTTPTypes
import LinuxIO
import Testing

@testable import Control

/// Parsing of request bodies, and the HTTP status of each refusal.
@Suite struct RequestTests {
  @Test func aBodyIsReadLikeTheConfigurationFile() throws {
    let text =
      #"{"name": "Stage \ud83c\udfb5", "port": 5006, "channels": [17, "1-4", "none"], "enabled": true}"#
    let sender = try SenderConfiguration().applying(Node(json: text.utf8), named: "request")
    #expect(sender.name == "Stage \u{1F3B5}" && sender.port == 5006 && sender.isEnabled)
    #expect(sender.map == ChannelMap([17, 1, 2, 3, 4, nil]))
  }

  @Test func nullValuesAreIgnored() throws {
    let tree = try Node(json: #"{"name": null, "port": 5006}"#.utf8)
    #expect(tree.entries.map(\.key) == ["port"])
  }

  @Test(arguments: ["", "{", "nonsense", "{\"a\": 1} b", "\"text\"", "[]", "1", "null", "\u{0}"])
  func bodiesThatAreNotObjectsAreRefused(text: String) {
    let error = #expect(throws: OperationError.self) { try Node(json: text.utf8) }
    #expect(error?.kind == .wrong)
  }

  @Test(arguments: [
    (OperationError.Kind.unknown, HTTPResponse.Status.notFound), (.wrong, .badRequest),
    (.conflict, .conflict), (.forbidden, .forbidden), (.unavailable, .serviceUnavailable),
  ])
  func eachRefusalHasItsStatus(kind: OperationError.Kind, status: HTTPResponse.Status) {
    let error = ControlError(OperationError(kind, "why", hint: "what to do"))
    #expect(error.status == status && error.error.reason == "why")
    #expect(error.error.hint == "what to do")
  }

  /// The place of an event watcher is free again when the watcher is released (assault F3).
  @Test func placesOfWatchersAreFreed() {
    let feed = EventFeed()
    for _ in 0..<1000 {
      guard let place = feed.enter(0) else {
        Issue.record("a place was lost")
        return
      }
      _ = consume place
    }
    func fill(_ count: Int) {
      guard let place = feed.enter(0) else {
        #expect(count == 0 && feed.refusal(of: 0) != nil)
        return
      }
      fill(count - 1)
      _ = consume place
    }
    fill(EventFeed.share.total)
    #expect(feed.refusal(of: 0) == nil)
  }

  @Test(
    "Malformed percent-encoding in a path is refused",
    arguments: ["%+5", "%-5", "%5", "%", "%g0", "% 5", "a%+5b"])
  func malformedPercentEncoding(text: String) { #expect(text.removingPercentEncoding() == nil) }
}
