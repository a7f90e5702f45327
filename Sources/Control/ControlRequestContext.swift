// SPDX-License-Identifier: MIT
internal import Hummingbird
internal import NIOCore
internal import Synchronization

/// What accompanies a request: limits, and the connection that it came through.
struct ControlRequestContext: RequestContext {
  /// Descriptions of sessions are the longest that anybody sends.
  static let maximumBodyBytes = 64 * 1024

  var coreContext: CoreRequestContextStorage
  var maxUploadSize: Int { Self.maximumBodyBytes }
  private let channel: any Channel

  init(source: ApplicationRequestContextSource) {
    coreContext = CoreRequestContextStorage(source: source)
    channel = source.channel
  }

  /// As the table of connections knows it.
  var connection: ObjectIdentifier { ObjectIdentifier(channel) }

  /// The port of the peer; nil on a Unix socket.
  var peerPort: UInt16? { channel.remoteAddress?.port.map(UInt16.init(clamping:)) }

  /// The event loop that serves the connection.
  var eventLoop: any EventLoop { channel.eventLoop }

  /// A flag that is set once the peer has closed the connection.
  func closeNotice() -> CloseNotice {
    let notice = CloseNotice()
    channel.closeFuture.whenComplete { _ in notice.set() }
    return notice
  }
}

/// Whether a connection has been closed.
final class CloseNotice: Sendable {
  private let flag = Atomic<Bool>(false)

  var isSet: Bool { flag.load(ordering: .relaxed) }

  fileprivate func set() { flag.store(true, ordering: .relaxed) }
}
