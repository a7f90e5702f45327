// SPDX-License-Identifier: MIT
internal import CLinux

/// Waits for any of up to 64 sockets, each known by a number of the caller's choosing.
///
/// `add` and `remove` may be called from another thread while one waits.
public struct Poller: ~Copyable, Sendable {
  private let file: FileDescriptor

  public init() throws(SystemError) {
    file = FileDescriptor(owning: try kernel("epoll_create1") { clinux_poller_create() })
  }

  public func add(_ socket: Int32, number: UInt32) throws(SystemError) {
    try kernel("epoll_ctl", "add") { clinux_poller_add(file.number, socket, number) }
  }

  public func remove(_ socket: Int32) throws(SystemError) {
    try kernel("epoll_ctl", "remove") { clinux_poller_remove(file.number, socket) }
  }

  /// The descriptor, for the thread that waits.
  public var number: Int32 { file.number }

  /// Waits on poller `number` until sockets are readable, at most `milliseconds`; their numbers are
  /// stored in `ready`. How many there are.
  @_noLocks @_noAllocation
  public static func wait(
    on number: Int32, into ready: inout InlineArray<64, UInt32>, milliseconds: Int32
  ) -> Int {
    var span = ready.mutableSpan
    return unsafe span.withUnsafeMutableBufferPointer { buffer in
      guard let start = buffer.baseAddress else { return 0 }
      return unsafe Int(clinux_poller_wait(number, start, milliseconds))
    }
  }
}
