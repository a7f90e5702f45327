// SPDX-License-Identifier: MIT
internal import ControlAPI
internal import DaemonConfiguration
internal import HTTPTypes
internal import Hummingbird
internal import Notation

extension Router<ControlRequestContext> {
  /// The routes that add, change and remove senders, each by its id, or below `by-name` by its name.
  func addSenderRoutes(_ context: ControlContext) {
    get("v1/senders") { _, _ in JSONAnswer(context.status.status().senders) }
    post("v1/senders") { request, _ in
      JSONAnswer(try await context.streams.addSender(try await request.tree()), status: .created)
    }
    for path in streamPaths("v1/senders") {
      get(path) { _, request in JSONAnswer(try context.status.sender(try request.selector())) }
      patch(path) { body, request in
        JSONAnswer(
          try await context.streams.changeSender(request.selector(), try await body.tree()))
      }
      delete(path) { body, request in
        try request.removal(
          isKept: try await context.streams.removeSender(request.selector()), of: body)
      }
      get(path.appendingPath("attributes")) { _, request in
        JSONAnswer(try context.status.senderAttributes(try request.selector()))
      }
      get(path.appendingPath("histogram")) { _, request in
        JSONAnswer(try context.status.senderMeasurement(try request.selector()))
      }
      get(path.appendingPath("sdp")) { _, request in
        Response(sdp: try context.status.description(of: request.selector()))
      }
      put(path.appendingPath("sdp")) { body, request in
        let text = try await body.tree().text(of: "sdp")
        return JSONAnswer(
          try await context.streams.describeSender(request.selector(), sdp: text))
      }
    }
  }

  /// The same routes for receivers.
  func addReceiverRoutes(_ context: ControlContext) {
    get("v1/receivers") { _, _ in JSONAnswer(context.status.status().receivers) }
    post("v1/receivers") { request, _ in
      JSONAnswer(
        try await context.streams.addReceiver(
          try await request.tree(), replacing: request.flag("replace")),
        status: .created)
    }
    for path in streamPaths("v1/receivers") {
      get(path) { _, request in JSONAnswer(try context.status.receiver(try request.selector())) }
      get(path.appendingPath("attributes")) { _, request in
        JSONAnswer(try context.status.receiverAttributes(try request.selector()))
      }
      get(path.appendingPath("histogram")) { _, request in
        JSONAnswer(try context.status.receiverMeasurement(try request.selector()))
      }
      get(path.appendingPath("sdp")) { _, request in
        Response(sdp: try context.status.receivedDescription(of: request.selector()))
      }
      put(path.appendingPath("sdp")) { body, request in
        let text = try await body.tree().text(of: "sdp")
        return JSONAnswer(
          try await context.streams.describeReceiver(
            request.selector(), sdp: text, replacing: body.flag("replace")))
      }
      patch(path) { body, request in
        JSONAnswer(
          try await context.streams.changeReceiver(
            request.selector(), try await body.tree(), replacing: body.flag("replace")))
      }
      delete(path) { body, request in
        try request.removal(
          isKept: try await context.streams.removeReceiver(request.selector()), of: body)
      }
    }
  }

  /// The paths of one stream; a name of digits cannot be mistaken for an id.
  private func streamPaths(_ path: RouterPath) -> [RouterPath] {
    [path.appendingPath(":id"), path.appendingPath("by-name/:name")]
  }
}

extension Response {
  /// The answer with a session description.
  fileprivate init(sdp text: String) {
    self.init(
      status: .ok,
      headers: [.contentType: "application/sdp; charset=utf-8", .cacheControl: "no-store"],
      body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
  }
}

extension ControlRequestContext {
  /// The answer to a removal; it has a body only if the removal was not saved.
  fileprivate func removal(isKept: Bool, of request: Request) throws -> Response {
    isKept
      ? Response(status: .noContent)
      : try JSONAnswer(RemovalReport(kept: false)).response(from: request, context: self)
  }

  /// The stream of the path.
  func selector() throws(OperationError) -> StreamSelector {
    if let text = parameters.get("name") {
      return .name(text.removingPercentEncoding() ?? text)
    }
    let text = parameters.get("id") ?? ""
    guard let number = Int(decimal: text) else {
      throw OperationError(
        .unknown, "\"\(text)\" is not the id of a stream", hint: "use by-name/NAME for a name")
    }
    return .id(StreamID(number))
  }
}

extension Request {
  /// The body as a tree of the configuration file.
  func tree() async throws -> Node {
    let body = try await body.collect(upTo: ControlRequestContext.maximumBodyBytes)
    return try Node(json: body.readableBytesView)
  }

  /// A flag of the query; false if it is missing.
  func flag(_ name: Substring) throws(OperationError) -> Bool {
    switch uri.queryParameters[name] {
    case nil, "false": return false
    case "true", "": return true
    case let text?:
      throw OperationError(.wrong, "\(name)=\(text) is not allowed", hint: "true or false")
    }
  }
}
