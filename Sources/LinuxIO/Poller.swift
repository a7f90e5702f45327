// SPDX-License-Identifier: MIT
internal import CLinux
public import MediaClock

/// Waits for any of up to 64 sockets, each identified by a number of the caller's choice, 0 to 63, and for a
/// timer.
///
/// `add` and `remove` may be called from another thread while one waits.
public struct Poller: ~Copyable, Sendable {
  /// The number of the timer among the numbers of sockets.
  public static var timerNumber: UInt32 { @_noLocks @_noAllocation get { 64 } }

  private let file: FileDescriptor
  private let timerFile: FileDescriptor

  public init() throws(SystemError) {
    let poller = FileDescriptor(owning: try kernel(.epollCreate) { clinux_poller_create() })
    let number = poller.number
    timerFile = FileDescriptor(
      owning: try kernel(.timerCreate) { clinux_timer_create(number, Poller.timerNumber) })
    file = poller
  }

  public func add(_ socket: Int32, number: UInt32) throws(SystemError) {
    try kernel(.epollControl, "add") { clinux_poller_add(file.number, socket, number) }
  }

  public func remove(_ socket: Int32) throws(SystemError) {
    try kernel(.epollControl, "remove") { clinux_poller_remove(file.number, socket) }
  }

  /// Makes poller `poller` report `socket`, which has been added, as readable, or not report it. No effect if
  /// it has been removed.
  @_noLocks @_noAllocation
  public static func change(_ socket: Int32, number: UInt32, on poller: Int32, waits: Bool) {
    clinux_poller_change(poller, socket, number, waits)
  }

  /// The descriptors, for the thread that waits.
  public var number: Int32 { file.number }
  public var timer: Int32 { timerFile.number }

  /// Sets `timer` to expire at `instant` instead of its previous time; its expiry is reported once.
  ///
  /// For a thread that usually wakes for other reasons: a short timeout of each ``wait(on:into:milliseconds:)``
  /// costs 5 to 14 us on a virtual machine, because it sets the processor's timer and sets it back each time.
  @_noLocks @_noAllocation
  public static func set(timer: Int32, to instant: MonotonicInstant) {
    clinux_timer_set(timer, instant.nanoseconds)
  }

  /// Waits on poller `number` until sockets are readable, at most `milliseconds`, and stores their numbers in
  /// `ready`. Returns their count.
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
