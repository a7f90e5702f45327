// SPDX-License-Identifier: MIT
internal import Hummingbird
internal import NIOCore
internal import Synchronization

/// The context of a request: limits, and its connection.
struct ControlRequestContext: RequestContext {
  /// The maximum size of a body; descriptions of sessions are the longest ones.
  static let maximumBodyBytes = 64 * 1024

  var coreContext: CoreRequestContextStorage
  var maxUploadSize: Int { Self.maximumBodyBytes }
  private let channel: any Channel

  init(source: ApplicationRequestContextSource) {
    coreContext = CoreRequestContextStorage(source: source)
    channel = source.channel
  }

  /// The identity of the connection in the table of connections.
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

/// A flag that is set when a connection has been closed.
final class CloseNotice: Sendable {
  private let flag = Atomic<Bool>(false)

  var isSet: Bool { flag.load(ordering: .relaxed) }

  fileprivate func set() { flag.store(true, ordering: .relaxed) }
}
