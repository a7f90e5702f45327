// SPDX-License-Identifier: MIT
internal import Notation

/// The `http` URL of a description.
///
/// Only characters that can occur in a request line are accepted, so that no address can add lines to it.
package struct DescriptionURL: Hashable, Sendable, CustomStringConvertible {
  /// A name or an IPv4 address.
  package let host: String
  package let port: Int
  /// The path and query, beginning with `/`.
  package let target: String

  /// The reason why a text is not a URL, to end the sentence "... is no URL of a description: ".
  package struct Problem: Error, Equatable, Sendable {
    public let reason: String
  }

  package init(_ text: String) throws(Problem) {
    guard text.utf8.count <= 1_024, text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
      throw Problem(reason: "expected up to 1024 ASCII characters without spaces")
    }
    guard text.prefix(7).lowercased() == "http://" else {
      let scheme = text.firstIndex(of: ":").map { text[..<$0] } ?? "no scheme"
      throw Problem(reason: "\(scheme) is not supported; it begins with http://")
    }
    let rest = text.dropFirst(7).prefix { $0 != "#" }
    let authority = rest.prefix { $0 != "/" && $0 != "?" }
    let target = rest.dropFirst(authority.count)
    let parts = authority.split(separator: ":", omittingEmptySubsequences: false)
    guard let host = parts.first, !host.isEmpty, parts.count <= 2,
      host.allSatisfy({ $0.isLetter || $0.isNumber || $0 == "-" || $0 == "." || $0 == "_" })
    else { throw Problem(reason: "\"\(authority)\" is not HOST or HOST:PORT") }
    guard let port = parts.count == 2 ? Int(decimal: parts[1]) : 80, (1...65_535).contains(port)
    else {
      throw Problem(reason: "\"\(parts[1])\" is not a port, 1 to 65535")
    }
    self.host = String(host)
    self.port = port
    self.target = target.hasPrefix("/") ? String(target) : "/" + target
  }

  /// The target of a redirect from here: another URL, or another path of the same host.
  package func redirected(to location: String) throws(Problem) -> DescriptionURL {
    if location.hasPrefix("/"), !location.hasPrefix("//") {
      return try DescriptionURL("http://\(authority)\(location)")
    }
    return try DescriptionURL(location)
  }

  /// The value of the header `Host`.
  package var authority: String { port == 80 ? host : "\(host):\(port)" }

  package var description: String { "http://\(authority)\(target)" }
}
