// SPDX-License-Identifier: MIT
internal import HTTPTypes
internal import Hummingbird
internal import JSONText
internal import LinuxIO
internal import NIOCore
internal import NIOHTTPTypes

/// The time limits of a connection to the control API.
struct ConnectionDeadlines: Sendable {
  /// The time for a header from its first byte; for a new connection, from its beginning.
  var head = TimeAmount.seconds(5)
  var body = TimeAmount.seconds(5)
  /// The time between an answer and the next request.
  var idle = TimeAmount.seconds(30)
  /// The time for which an answer or an event may remain unread.
  var stall = TimeAmount.seconds(10)
  /// The time for the present answer when the daemon stops.
  var stop = TimeAmount.seconds(1)
}

/// The first handler of each connection, which admits or refuses it, and closes it when it exceeds a time
/// limit.
///
/// | state | deadline |
/// |---|---|
/// | connected, or bytes of a request have arrived, header incomplete | head |
/// | header is complete, body is not | body; when the daemon stops, at once |
/// | the daemon works on the answer | none; when the daemon stops, stop |
/// | everything is answered | idle |
/// | written bytes are not read | stall, in addition to the others |
final class ConnectionGuard: ChannelDuplexHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPRequestPart
  typealias InboundOut = HTTPRequestPart
  typealias OutboundIn = HTTPResponsePart
  typealias OutboundOut = HTTPResponsePart

  private let table: ConnectionTable
  private let deadlines: ConnectionDeadlines
  private var isRefused = false
  private var isBodyDue = false
  private var isHeadDue = true
  private var unanswered = 0
  private var deadline: Scheduled<Void>?
  private var stall: Scheduled<Void>?

  init(_ table: ConnectionTable, _ deadlines: ConnectionDeadlines = ConnectionDeadlines()) {
    self.table = table
    self.deadlines = deadlines
  }

  // MARK: The connection

  func handlerAdded(context: ChannelHandlerContext) {
    try? context.pipeline.syncOperations.addHandler(ArrivalNotice(), position: .first)
    if context.channel.isActive { admit(context) }
  }

  func channelActive(context: ChannelHandlerContext) {
    admit(context)
    context.fireChannelActive()
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    deadline?.cancel()
    stall?.cancel()
    table.leave(ObjectIdentifier(context.channel))
  }

  private func admit(_ context: ChannelHandlerContext) {
    let channel = context.channel
    let peer = try? channel.pipeline.syncOperations.withUnsafeTransportIfAvailable(
      of: NIOBSDSocket.Handle.self
    ) { Peer(ofSocket: $0) }
    let refusal = table.enter(ObjectIdentifier(channel), peer ?? nil) {
      channel.close(promise: nil)
    }
    guard let refusal else { return arm(deadlines.head, context) }
    refuse(refusal, context)
  }

  // MARK: Requests

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard !isRefused else { return }
    switch unwrapInboundIn(data) {
    case .head(let head):
      if let encoding = head.headerFields[.transferEncoding], encoding.lowercased() != "chunked" {
        // The end of its body is unknown, and so is the beginning of the next request (RFC 9112, 6.1).
        let refusal = ControlError(
          .notImplemented, "the transfer encoding \(encoding) is not supported",
          hint: "send a body with Content-Length or in chunks")
        return refuse(refusal, context)
      }
      unanswered += 1
      (isHeadDue, isBodyDue) = (false, true)
      arm(deadlines.body, context)
    case .body: break
    case .end:
      isBodyDue = false
      rest(context)
    }
    context.fireChannelRead(data)
  }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    if case .end = unwrapOutboundIn(data) {
      unanswered -= 1
      rest(context)
    }
    context.write(data, promise: promise)
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    switch event {
    case is ArrivalNotice.Event:
      guard !isHeadDue, !isBodyDue, unanswered == 0 else { return }
      isHeadDue = true
      arm(deadlines.head, context)
    case is ChannelShouldQuiesceEvent:
      if isBodyDue { context.close(promise: nil) } else { arm(deadlines.stop, context) }
      context.fireUserInboundEventTriggered(event)
    default: context.fireUserInboundEventTriggered(event)
    }
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    stall?.cancel()
    stall = context.channel.isWritable ? nil : close(context, in: deadlines.stall)
    context.fireChannelWritabilityChanged()
  }

  // MARK: Deadlines

  /// Waits for the next request, if nothing is left to answer.
  private func rest(_ context: ChannelHandlerContext) {
    guard !isBodyDue else { return }
    deadline?.cancel()
    deadline = nil
    if unanswered == 0, !isRefused { arm(deadlines.idle, context) }
  }

  private func arm(_ time: TimeAmount, _ context: ChannelHandlerContext) {
    deadline?.cancel()
    deadline = close(context, in: time)
  }

  private func close(_ context: ChannelHandlerContext, in time: TimeAmount) -> Scheduled<Void> {
    let channel = context.channel
    return context.eventLoop.scheduleTask(in: time) { channel.close(promise: nil) }
  }

  private func refuse(_ refusal: ControlError, _ context: ChannelHandlerContext) {
    isRefused = true
    let body = ByteBuffer(string: (try? JSONText.pretty(refusal.error)) ?? "")
    let fields: HTTPFields = [
      .contentType: "application/json; charset=utf-8", .connection: "close",
      .contentLength: "\(body.readableBytes)",
    ]
    context.write(
      wrapOutboundOut(.head(HTTPResponse(status: refusal.status, headerFields: fields))),
      promise: nil)
    context.write(wrapOutboundOut(.body(body)), promise: nil)
    let channel = context.channel
    context.writeAndFlush(wrapOutboundOut(.end(nil))).whenComplete { _ in
      channel.close(promise: nil)
    }
  }
}

/// Tells a connection's guard that bytes have arrived, before they are parsed.
private final class ArrivalNotice: ChannelInboundHandler, RemovableChannelHandler {
  typealias InboundIn = NIOAny
  typealias InboundOut = NIOAny

  struct Event {}

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    context.fireUserInboundEventTriggered(Event())
    context.fireChannelRead(data)
  }
}
