// SPDX-License-Identifier: MIT
internal import HTTPTypes
internal import Hummingbird

extension Router<ControlRequestContext> {
  /// The control panel's files, the session of its browser, and the description of this API.
  ///
  /// - Parameter guardian: the guard of the loopback port; nil on the Unix socket, which needs no sessions.
  func addPanelRoutes(_ guardian: LoopbackGuard?) {
    get("/") { request, _ in PanelFiles.answer(to: request) }
    get("panel/:file") { request, _ in PanelFiles.answer(to: request) }
    post("session") { _, requestContext in
      guard let guardian else {
        throw ControlError(
          .notFound, "sessions are for browsers, at the panel's port",
          hint: "this socket needs no session")
      }
      return Response(
        status: .noContent,
        headers: [
          .setCookie: try guardian.openSession(for: requestContext), .cacheControl: "no-store",
        ])
    }
    get("v1/openapi.yaml") { _, _ in
      Response(
        status: .ok,
        headers: [.contentType: "application/yaml; charset=utf-8", .cacheControl: "no-store"],
        body: ResponseBody(byteBuffer: EmbeddedFile.openAPI.buffer))
    }
  }
}
