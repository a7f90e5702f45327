// SPDX-License-Identifier: MIT
internal import HTTPTypes
internal import Hummingbird
internal import Synchronization

/// The methods of each path, which distinguish a wrong method (405, RFC 9110, 15.5.6) from a wrong path.
final class KnownRoutes: Sendable {
  private let routes = Mutex<[(method: String, parts: [String])]>([])

  /// Takes the routes of a router, once all are added.
  func take(_ router: Router<ControlRequestContext>) {
    let found = router.routes.map { ($0.method.rawValue, Self.parts(of: $0.path.description)) }
    routes.withLock { $0 = found }
  }

  /// The methods of a path; empty if there is no such path.
  func methods(of path: String) -> [String] {
    let parts = Self.parts(of: path)
    return routes.withLock { routes in
      routes.filter { Self.matches($0.parts, parts) }.map(\.method).sorted()
    }
  }

  private static func parts(of path: String) -> [String] {
    path.split(separator: "/").map(String.init)
  }

  private static func matches(_ pattern: [String], _ parts: [String]) -> Bool {
    pattern.count == parts.count
      && zip(pattern, parts).allSatisfy { $0.hasPrefix(":") || $0.hasPrefix("{") || $0 == $1 }
  }
}
