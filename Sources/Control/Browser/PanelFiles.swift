// SPDX-License-Identifier: MIT
internal import HTTPTypes
internal import Hummingbird

/// The files of the control panel in `Control/Panel`: a page, its styles and its modules.
///
/// Browsers check at each request whether their copies are still valid, so that a new version of the daemon
/// shows its own panel.
enum PanelFiles {
  private struct File {
    let type: String
    let content: EmbeddedFile
    let tag: String

    init(_ content: EmbeddedFile) {
      let kind = content.name.split(separator: ".").last ?? ""
      type = types[kind] ?? "application/octet-stream"
      self.content = content
      tag = "\"\(String(content.hash, radix: 16))\""
    }
  }

  private static let types: [Substring: String] = [
    "html": "text/html; charset=utf-8", "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8", "svg": "image/svg+xml",
  ]

  /// The policy: nothing from other sites, nothing inline, and no text that becomes markup.
  private static let policy = [
    "default-src 'none'", "script-src 'self'", "style-src 'self'", "connect-src 'self'",
    "img-src 'self' data:", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
  ].joined(separator: "; ")

  private static let files: [String: File] = Dictionary(
    uniqueKeysWithValues: EmbeddedFile.panel.map {
      ($0.name == "index.html" ? "/" : "/panel/\($0.name)", File($0))
    })

  /// Returns true if the panel has a file at this path.
  static func isOne(_ path: String) -> Bool { files[path] != nil }

  static func answer(to request: Request) -> Response {
    guard let file = files[request.uri.path] else {
      return Response(status: .notFound, headers: [.cacheControl: "no-store"])
    }
    var headers: HTTPFields = [
      .contentType: file.type, .cacheControl: "no-cache", .eTag: file.tag,
      .contentSecurityPolicy: policy, .xContentTypeOptions: "nosniff",
    ]
    headers[.init("Referrer-Policy")!] = "no-referrer"
    headers[.init("Cross-Origin-Resource-Policy")!] = "same-origin"
    let known = request.headers[.ifNoneMatch]?.split(separator: ",").map { $0.drop { $0 == " " } }
    if known?.contains(file.tag[...]) == true {
      return Response(status: .notModified, headers: headers)
    }
    return Response(
      status: .ok, headers: headers,
      body: ResponseBody(byteBuffer: file.content.buffer))
  }
}
