// SPDX-License-Identifier: MIT
internal import HTTPTypes
internal import Hummingbird

extension Router<ControlRequestContext> {
  /// The web panel, a page without parts of anybody else's, and the description of this API.
  func addPanelRoutes() {
    get("/") { _, _ in
      Response(
        status: .ok,
        headers: [
          .contentType: "text/html; charset=utf-8", .cacheControl: "no-store",
          .contentSecurityPolicy: "default-src 'none'; script-src 'unsafe-inline';"
            + " style-src 'unsafe-inline'; connect-src 'self'; frame-ancestors 'none'",
          .xContentTypeOptions: "nosniff",
        ],
        body: ResponseBody(byteBuffer: ByteBuffer(bytes: PackageResources.panel_html)))
    }
    get("v1/openapi.yaml") { _, _ in
      Response(
        status: .ok,
        headers: [.contentType: "application/yaml; charset=utf-8", .cacheControl: "no-store"],
        body: ResponseBody(byteBuffer: ByteBuffer(bytes: PackageResources.openapi_yaml)))
    }
  }
}

/// Lets in through TCP who has the token and speaks with this host by its own name.
///
/// Any page that a browser of this host shows can send requests to a port of its loopback. What it cannot
/// do is name this host as its origin; and a foreign name that points to 127.0.0.1 stays a foreign name.
struct LoopbackGuard: RouterMiddleware {
  typealias Context = ControlRequestContext

  let port: UInt16
  let token: String
  let connections: ConnectionTable

  func handle(
    _ request: Request, context: Context,
    next: @concurrent (Request, Context) async throws -> Response
  ) async throws -> Response {
    let hosts = ["127.0.0.1:\(port)", "localhost:\(port)"]
    guard let host = request.head.authority, hosts.contains(host) else {
      throw ControlError(
        .forbidden, "this host is not called \(request.head.authority ?? "")",
        hint: "ask for http://127.0.0.1:\(port)")
    }
    if let origin = request.headers[.origin], origin != "http://\(host)" {
      throw ControlError(
        .forbidden, "pages of \(origin) may not control the sound card",
        hint: "open http://\(host) itself")
    }
    // The page by itself knows nothing, and asks with the token that stands behind its address.
    guard request.uri.path != "/" else { return try await next(request, context) }
    guard isToken(request.headers[.authorization]) else {
      throw ControlError(
        .unauthorized, "the token is missing or wrong",
        hint: "open the address that stands in the file `panel` of the runtime directory")
    }
    connections.trust(context.connection)
    return try await next(request, context)
  }

  /// Takes as long for a token that is nearly right as for any other.
  private func isToken(_ header: String?) -> Bool {
    let given = Array((header ?? "").utf8)
    let expected = Array("Bearer \(token)".utf8)
    guard given.count == expected.count else { return false }
    return zip(given, expected).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
  }
}
