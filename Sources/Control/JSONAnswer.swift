// SPDX-License-Identifier: MIT
internal import HTTPTypes
internal import Hummingbird
internal import JSONText
internal import NIOCore

/// A value as the answer to a request, formatted so that it is readable with curl as well.
struct JSONAnswer<Value: Encodable & Sendable>: ResponseGenerator, Sendable {
  let value: Value
  let status: HTTPResponse.Status

  init(_ value: Value, status: HTTPResponse.Status = .ok) {
    self.value = value
    self.status = status
  }

  func response(from request: Request, context: some RequestContext) throws -> Response {
    Response(
      status: status,
      headers: [.contentType: "application/json; charset=utf-8", .cacheControl: "no-store"],
      body: ResponseBody(byteBuffer: ByteBuffer(string: try JSONText.pretty(value))))
  }
}
