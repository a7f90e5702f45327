// SPDX-License-Identifier: MIT
import ControlAPI
import HTTPTypes
import LinuxIO
import NIOCore
import NIOEmbedded
import NIOHTTPTypes
import Synchronization
import Testing

@testable import Control

/// Timeouts of connections, and the number of connections per user (assault F5, F6, F15), in virtual time.
@Suite struct ConnectionTests {
  private let table = ConnectionTable()

  /// A parser that passes nothing on while ``isWhole`` is false, as after half a request head.
  private final class Unparsed: ChannelInboundHandler {
    typealias InboundIn = NIOAny
    var isWhole = true

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      if isWhole { context.fireChannelRead(data) }
    }
  }

  private let parser = Unparsed()

  private func connect() throws -> EmbeddedChannel {
    let channel = EmbeddedChannel()
    try channel.pipeline.syncOperations.addHandler(parser)
    try channel.pipeline.syncOperations.addHandler(ConnectionGuard(table))
    try channel.connect(to: SocketAddress(unixDomainSocketPath: "/test")).wait()
    return channel
  }

  private func head(_ fields: HTTPFields = [:]) -> HTTPRequestPart {
    .head(
      HTTPRequest(
        method: .post, scheme: nil, authority: "a", path: "/v1/senders", headerFields: fields))
  }

  private func answer(_ channel: EmbeddedChannel) throws {
    try channel.writeOutbound(HTTPResponsePart.head(HTTPResponse(status: .ok)))
    try channel.writeOutbound(HTTPResponsePart.end(nil))
  }

  private func pass(_ channel: EmbeddedChannel, _ seconds: Double) {
    channel.embeddedEventLoop.advanceTime(by: .nanoseconds(Int64(seconds * 1e9)))
  }

  @Test func aConnectionWithoutRequestIsClosed() throws {
    let channel = try connect()
    pass(channel, 4.9)
    #expect(channel.isActive && table.count == 1)
    pass(channel, 0.2)
    #expect(!channel.isActive && table.count == 0)
  }

  @Test func anIncompleteRequestIsClosed() throws {
    let channel = try connect()
    try channel.writeInbound(head())
    pass(channel, 2)
    // A byte now and then does not extend the time.
    try channel.writeInbound(HTTPRequestPart.body(ByteBuffer(string: "{")))
    pass(channel, 2.9)
    #expect(channel.isActive)
    pass(channel, 0.2)
    #expect(!channel.isActive)
  }

  @Test func aRequestInProgressHasNoTimeoutButTheNextOneHas() throws {
    let channel = try connect()
    try channel.writeInbound(head())
    try channel.writeInbound(HTTPRequestPart.end(nil))
    pass(channel, 600)
    #expect(channel.isActive)
    try answer(channel)
    pass(channel, 29)
    // Half a head after a pause times out five seconds after its first byte, regardless of the bytes that
    // follow.
    parser.isWhole = false
    for _ in 0..<9 where channel.isActive {
      channel.pipeline.fireChannelRead(ByteBuffer(string: "G"))
      pass(channel, 0.5)
    }
    #expect(channel.isActive)
    pass(channel, 1)
    #expect(!channel.isActive)
  }

  @Test func anIdleConnectionIsClosed() throws {
    let channel = try connect()
    for _ in 0..<3 {
      try channel.writeInbound(head())
      try channel.writeInbound(HTTPRequestPart.end(nil))
      try answer(channel)
      pass(channel, 29)
      #expect(channel.isActive)
    }
    pass(channel, 2)
    #expect(!channel.isActive)
  }

  @Test func aConnectionThatDoesNotReadItsAnswerIsClosed() throws {
    let channel = try connect()
    try channel.writeInbound(head())
    try channel.writeInbound(HTTPRequestPart.end(nil))
    channel.isWritable = false
    channel.pipeline.fireChannelWritabilityChanged()
    pass(channel, 9)
    channel.isWritable = true
    channel.pipeline.fireChannelWritabilityChanged()
    pass(channel, 9)
    #expect(channel.isActive)
    channel.isWritable = false
    channel.pipeline.fireChannelWritabilityChanged()
    pass(channel, 11)
    #expect(!channel.isActive)
  }

  /// Assault F6: a stop closes connections with an incomplete request at once, and the others after a second.
  @Test(arguments: [false, true]) func aStopClosesConnections(isRead: Bool) throws {
    let channel = try connect()
    try channel.writeInbound(head())
    if isRead { try channel.writeInbound(HTTPRequestPart.end(nil)) }
    channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
    #expect(channel.isActive == isRead)
    pass(channel, 1.1)
    #expect(!channel.isActive)
  }

  /// Assault F15: the end of a body with an unknown transfer encoding cannot be found, so the request is
  /// refused.
  @Test(arguments: ["xchunked", "gzip, chunked", "identity", "chunked, chunked"])
  func anUnknownTransferEncodingIsRefused(encoding: String) throws {
    let channel = try connect()
    try channel.writeInbound(head([.transferEncoding: encoding]))
    #expect(try channel.readInbound(as: HTTPRequestPart.self) == nil)
    guard case .head(let response)? = try channel.readOutbound(as: HTTPResponsePart.self) else {
      Issue.record("no answer")
      return
    }
    #expect(response.status == .notImplemented && response.headerFields[.connection] == "close")
    #expect(!channel.isActive)
  }

  @Test func chunkedIsAccepted() throws {
    let channel = try connect()
    try channel.writeInbound(head([.transferEncoding: "Chunked"]))
    #expect(try channel.readInbound(as: HTTPRequestPart.self) != nil && channel.isActive)
  }

  // MARK: Shares

  private func enter(_ user: UInt32?, _ id: AnyObject, closed: Counter = Counter()) -> ControlError?
  {
    table.enter(ObjectIdentifier(id), user.map { Peer(processID: 0, userID: $0) }) { closed.add() }
  }

  private final class Counter: Sendable {
    private let count = Atomic<Int>(0)
    var value: Int { count.load(ordering: .relaxed) }
    func add() { count.add(1, ordering: .relaxed) }
  }

  /// Assault F5: one user does not lock out another one, and many users together do not lock out root.
  @Test func noUserTakesAllConnections() throws {
    let ids = (0..<1000).map { _ in Counter() }
    var next = ids.makeIterator()
    func take(_ user: UInt32) throws -> ControlError? {
      let id = next.next()
      return enter(user, try #require(id))
    }
    for _ in 0..<ConnectionTable.share.perUser { #expect(try take(2001) == nil) }
    let refusal = try #require(try take(2001))
    #expect(refusal.status == .serviceUnavailable && refusal.error.reason.contains("user 2001"))
    #expect(try take(2002) == nil)
    for user in 2002...2010 as ClosedRange<UInt32> {
      for _ in 0..<30 { _ = try take(user) }
    }
    let full = try #require(try take(2020))
    #expect(full.error.reason.contains("user 2001 with \(ConnectionTable.share.perUser)"))
    for _ in 0..<ConnectionTable.share.keptForRoot { #expect(try take(0) == nil) }
    #expect(try take(0) != nil)
    #expect(table.count == ConnectionTable.share.total)
    // A connection that ends frees its place for the next one.
    table.leave(ObjectIdentifier(ids[0]))
    #expect(try take(0) == nil)
  }

  /// Assault F5, by TCP: connections without a token are closed for new ones, oldest first; one with a token
  /// stays.
  @Test func connectionsWithoutATokenAreClosedForNewOnes() throws {
    let ids = (0..<200).map { _ in Counter() }
    #expect(enter(nil, ids[0], closed: ids[0]) == nil)
    table.trust(ObjectIdentifier(ids[0]))
    for id in ids[1...] { #expect(enter(nil, id, closed: id) == nil) }
    let closed = ids.map(\.value)
    #expect(table.count == ConnectionTable.share.total)
    #expect(closed[0] == 0 && closed[1] == 1 && closed.suffix(63).allSatisfy { $0 == 0 })
    #expect(closed.reduce(0, +) == 200 - ConnectionTable.share.total)
  }

  /// Readers of the event feed have shares as well: per user, in total, and for root.
  @Test func noUserTakesAllPlacesOfTheEventFeed() {
    let feed = EventFeed()
    fill(feed, 2001, EventFeed.share.perUser) {
      #expect(feed.enter(2001) == nil && feed.refusal(of: 2001) != nil)
      #expect(feed.refusal(of: 2002) == nil && feed.refusal(of: 0) == nil)
      fill(
        feed, 2002, EventFeed.share.total - EventFeed.share.perUser - EventFeed.share.keptForRoot
      ) {
        #expect(feed.refusal(of: 2003)?.error.reason.contains("user 2001 has 8") == true)
        #expect(feed.refusal(of: 0) == nil)
      }
    }
    #expect(feed.refusal(of: 2001) == nil)
  }

  private func fill(_ feed: EventFeed, _ user: UInt32, _ count: Int, then body: () -> Void) {
    guard count > 0 else { return body() }
    guard let place = feed.enter(user) else {
      Issue.record("no place for \(user)")
      return
    }
    fill(feed, user, count - 1, then: body)
    _ = consume place
  }
}
