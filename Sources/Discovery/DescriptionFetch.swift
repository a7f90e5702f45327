// SPDX-License-Identifier: MIT
internal import Addressing
internal import DaemonConfiguration
internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import Notation

/// Fetches a description from its URL: one small page, within a short time, or the reason why not.
///
/// The server is not trusted: size, time and redirects are limited, and nothing is read that would not be used.
/// A redirect to this host itself, or to a link-local address such as a cloud's 169.254.169.254, is refused,
/// because such services are not meant for strangers.
enum DescriptionFetch {
  static let maximumByteCount = 16_384
  static let maximumRedirects = 3
  /// The time limit for everything, redirects included.
  static let timeout = Duration.seconds(5)

  /// The reason why there is no description, as a sentence that begins with the URL.
  struct Problem: Error, Equatable, CustomStringConvertible {
    let description: String
  }

  /// The result of one request.
  private enum Answer {
    case page([UInt8])
    case redirect(to: String)
  }

  /// The first described stream that can be received, otherwise the first one.
  static func stream(
    from url: DescriptionURL
  ) async throws(Problem) -> LocatedDescriptions.Stream {
    let bytes: [UInt8]
    do {
      bytes = try await withThrowingTaskGroup(of: [UInt8].self) { group in
        group.addTask { try await page(of: url) }
        group.addTask {
          try await Task.sleep(for: timeout)
          throw Problem(description: "\(url): no complete answer within \(timeout)")
        }
        defer { group.cancelAll() }
        return try await group.next() ?? []
      }
    } catch let problem as Problem {
      throw problem
    } catch {
      throw Problem(description: "\(url): \(error)")
    }
    return try answer(bytes, from: url).get()
  }

  /// The streams that the page `bytes` describes.
  static func answer(
    _ bytes: [UInt8], from url: DescriptionURL
  ) -> Result<LocatedDescriptions.Stream, Problem> {
    let text = SubscribedDescription(
      text: String(decodingText: bytes), named: url.description, quotes: false)
    guard let stream = text.stream else {
      return .failure(Problem(description: text.problem ?? "\(url): no stream is described there"))
    }
    return .success(LocatedDescriptions.Stream(stream: stream, notes: text.notes))
  }

  private static func page(of url: DescriptionURL) async throws -> [UInt8] {
    var next = url
    var mayBePrivate = true
    for _ in 0...maximumRedirects {
      let (answer, isPrivate) = try await answer(of: next, mayBePrivate: mayBePrivate)
      mayBePrivate = mayBePrivate && isPrivate
      switch answer {
      case .page(let bytes): return bytes
      case .redirect(let location):
        do {
          next = try next.redirected(to: location)
        } catch {
          throw Problem(description: "\(next): it redirects, but \(error.reason)")
        }
      }
    }
    throw Problem(description: "\(url): more than \(maximumRedirects) redirects")
  }

  /// - Parameter mayBePrivate: true if the address may be one of this host or a link-local one.
  /// - Returns: the answer, and whether it came from such an address.
  private static func answer(
    of url: DescriptionURL, mayBePrivate: Bool
  ) async throws -> (Answer, isPrivate: Bool) {
    let channel: NIOAsyncChannel<HTTPClientResponsePart, HTTPClientRequestPart>
    do {
      channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
        .connectTimeout(.seconds(5))
        .connect(host: url.host, port: url.port) { channel in
          channel.eventLoop.makeCompletedFuture {
            try channel.pipeline.syncOperations.addHTTPClientHandlers()
            return try NIOAsyncChannel(wrappingChannelSynchronously: channel)
          }
        }
    } catch {
      throw Problem(description: "\(url): \(url.host) does not answer on port \(url.port)")
    }
    // The address of a name is known only now.
    let isPrivate = Self.isPrivate(channel.channel.remoteAddress)
    return try await channel.executeThenClose { inbound, outbound in
      guard mayBePrivate || !isPrivate else {
        throw Problem(description: "\(url): it redirects to this host or to a link-local address")
      }
      let fields: HTTPHeaders = [
        "host": url.authority, "accept": "application/sdp", "user-agent": "aes67d",
        "connection": "close",
      ]
      let head = HTTPRequestHead(
        version: .http1_1, method: .GET, uri: url.target, headers: fields)
      try await outbound.write(contentsOf: [.head(head), .end(nil)])
      return (try await read(inbound, url), isPrivate)
    }
  }

  /// Returns true for loopback, link-local and unspecified addresses, and for any that is not IPv4.
  static func isPrivate(_ address: SocketAddress?) -> Bool {
    guard case .v4? = address, let text = address?.ipAddress, let ip4 = IPv4Address(text) else {
      return true
    }
    return [0, 127].contains(ip4.bits >> 24) || ip4.bits >> 16 == 0xA9FE
  }

  private static func read(
    _ inbound: NIOAsyncChannelInboundStream<HTTPClientResponsePart>, _ url: DescriptionURL
  ) async throws -> Answer {
    var bytes: [UInt8] = []
    for try await part in inbound {
      switch part {
      case .head(let head):
        if let location = head.headers.first(name: "location"), head.status.isRedirect {
          return .redirect(to: location)
        }
        guard head.status == .ok else {
          throw Problem(description: "\(url): the answer is \(head.status.code), not 200")
        }
      case .body(let buffer):
        guard bytes.count + buffer.readableBytes <= maximumByteCount else {
          throw Problem(description: "\(url): more than \(maximumByteCount) bytes")
        }
        bytes += buffer.readableBytesView
      case .end: return .page(bytes)
      }
    }
    throw Problem(description: "\(url): the connection ended before the answer was complete")
  }
}

extension HTTPResponseStatus {
  fileprivate var isRedirect: Bool { [301, 302, 303, 307, 308].contains(code) }
}
