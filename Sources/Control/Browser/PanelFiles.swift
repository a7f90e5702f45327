// SPDX-License-Identifier: MIT
internal import HTTPTypes
internal import Hummingbird

/// The files of the control panel, as they stand in `Control/Panel`: a page, its styles and its modules.
///
/// Browsers ask each time whether their copies are still good, so a new version of the daemon shows its own panel.
enum PanelFiles {
  private struct File {
    let type: String
    let bytes: [UInt8]
    let tag: String

    init(_ name: String, _ bytes: [UInt8]) {
      let kind = name.split(separator: ".").last ?? ""
      type = types[kind] ?? "application/octet-stream"
      self.bytes = bytes
      // FNV-1a: a tag has to differ where the bytes do, and nobody gains by making it equal.
      let hash = bytes.reduce(0xCBF2_9CE4_8422_2325 as UInt64) {
        ($0 ^ UInt64($1)) &* 0x100_0000_01B3
      }
      tag = "\"\(String(hash, radix: 16))\""
    }
  }

  private static let types: [Substring: String] = [
    "html": "text/html; charset=utf-8", "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8", "svg": "image/svg+xml",
  ]

  /// Nothing from elsewhere, nothing inline, and no text that becomes markup.
  private static let policy = [
    "default-src 'none'", "script-src 'self'", "style-src 'self'", "connect-src 'self'",
    "img-src 'self' data:", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
  ].joined(separator: "; ")

  private static let files: [String: File] = Dictionary(
    uniqueKeysWithValues: embedded.map { name, bytes in
      (name == "index.html" ? "/" : "/panel/\(name)", File(name, bytes))
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
      body: ResponseBody(byteBuffer: ByteBuffer(bytes: file.bytes)))
  }
}
