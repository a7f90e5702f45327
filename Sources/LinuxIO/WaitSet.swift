// SPDX-License-Identifier: MIT
internal import CLinux
internal import Glibc

/// Waits for any of many descriptors, which are added again each time; for threads without real-time
/// requirements.
public struct WaitSet {
  private var entries: [pollfd] = []

  public init() {}

  public mutating func removeAll() {
    entries.removeAll(keepingCapacity: true)
  }

  /// Adds a descriptor; -1 stands for one that is never ready. Returns its place.
  @discardableResult
  public mutating func add(_ descriptor: Int32) -> Int {
    entries.append(pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0))
    return entries.count - 1
  }

  /// Adds a descriptor of which only errors count, such as those in a socket's error queue.
  @discardableResult
  public mutating func addForErrors(_ descriptor: Int32) -> Int {
    entries.append(pollfd(fd: descriptor, events: 0, revents: 0))
    return entries.count - 1
  }

  /// Waits until one is readable or hung up, at most `milliseconds`, or without limit if that is nil.
  public mutating func wait(milliseconds: Int32?) {
    let answer = unsafe poll(&entries, nfds_t(entries.count), milliseconds ?? -1)
    if answer < 0 {
      for index in entries.indices { entries[index].revents = 0 }
    }
  }

  public func isReady(_ place: Int) -> Bool { entries[place].revents != 0 }
}

/// Wakes a thread that waits in a ``WaitSet``; may be used from any thread.
public struct WakeUp: ~Copyable, Sendable {
  private let counter: FileDescriptor

  public init() throws(SystemError) {
    counter = FileDescriptor(owning: try kernel(.eventCreate) { clinux_create_event() })
  }

  /// Readable from the first signal on.
  public var descriptor: Int32 { counter.number }

  public func signal() {
    var one: UInt64 = 1
    _ = unsafe write(counter.number, &one, 8)
  }
}
