// SPDX-License-Identifier: MIT
internal import HTTPTypes
internal import Hummingbird
internal import LinuxIO

/// Admits TCP requests that have the token and address this host by its own name.
///
/// Any web page in a browser of this host can send requests to a port of its loopback. But it cannot name this
/// host as its origin, and a foreign name that resolves to 127.0.0.1 remains a foreign name.
///
/// A browser exchanges the token for a cookie, because `EventSource` sends no header of ours. Browsers send a
/// cookie to every port of its host, so that another user's server on this host may receive it. It is therefore
/// valid only on connections of the user who opened the session, and only for requests of the panel's own
/// pages.
struct LoopbackGuard: RouterMiddleware {
  typealias Context = ControlRequestContext

  let port: UInt16
  let token: String
  let connections: ConnectionTable
  let sessions = BrowserSessions()

  func handle(
    _ request: Request, context: Context,
    next: @concurrent (Request, Context) async throws -> Response
  ) async throws -> Response {
    let hosts = ["127.0.0.1:\(port)", "localhost:\(port)"]
    guard let host = request.head.authority, hosts.contains(host) else {
      throw ControlError(
        .forbidden, "host \(request.head.authority ?? "") is refused here",
        hint: "use http://127.0.0.1:\(port)")
    }
    if let origin = request.headers[.origin], origin != "http://\(host)" {
      throw ControlError(
        .forbidden, "pages of \(origin) are not allowed to control the sound card",
        hint: "open http://\(host) itself")
    }
    // The page itself has no data; it sends the token from its address.
    if PanelFiles.isOne(request.uri.path) { return try await next(request, context) }
    let isSession = request.uri.path == "/session"
    guard hasToken(request) || !isSession && isOfSession(request, context) else {
      throw ControlError(
        .unauthorized, "the token is missing or wrong",
        hint: "open the address that `aes67 panel` prints")
    }
    connections.trust(context.connection)
    return try await next(request, context)
  }

  /// The cookie of a new session, for the user at the other end of the connection.
  func openSession(for context: ControlRequestContext) throws -> String {
    guard let user = owner(of: context) else {
      throw ControlError(
        .serviceUnavailable, "the user of this connection cannot be determined",
        hint: "use the header Authorization for each request")
    }
    return "\(cookie)=\(sessions.open(for: user)); Path=/; HttpOnly; SameSite=Strict"
  }

  /// The cookie's name. Cookies are not bound to ports, so that each daemon of the host has its own name.
  private var cookie: String { "aes67-\(port)" }

  private func hasToken(_ request: Request) -> Bool {
    BrowserSessions.isEqual(request.headers[.authorization] ?? "", "Bearer \(token)")
  }

  private func isOfSession(_ request: Request, _ context: ControlRequestContext) -> Bool {
    guard request.headers[.fetchSite] == "same-origin",
      let value = request.headers[values: .cookie].lazy.flatMap({ $0.split(separator: ";") })
        .map({ $0.drop { $0 == " " } }).first(where: { $0.hasPrefix(cookie + "=") }),
      let user = sessions.user(of: String(value.dropFirst(cookie.count + 1)))
    else { return false }
    return user == owner(of: context)
  }

  private func owner(of context: ControlRequestContext) -> UInt32? {
    connections.owner(of: context.connection) {
      context.peerPort.flatMap { ConnectionOwner.user(ofPort: $0, to: port) }
    }
  }
}

extension HTTPField.Name {
  /// The header that says whether the requesting page is one of ours; browsers set it, and pages cannot.
  fileprivate static let fetchSite = Self("Sec-Fetch-Site")!
}
