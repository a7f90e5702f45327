// SPDX-License-Identifier: MIT
internal import LinuxIO
internal import RealTime
internal import StreamEngine
internal import Synchronization

/// The control side of the receive thread: its sockets, and every command for it.
///
/// The queues have one pushing and one popping thread each; the lock here serializes all control threads. The
/// media thread never takes it.
@safe
final class ReceiveControl: Sendable {
  private let memory: MediaMemory
  private let poller: Poller
  /// The receivers that the thread has returned and that were not taken yet.
  private let returned = Mutex<Set<Int>>([])

  init(_ memory: MediaMemory) throws(SystemError) {
    self.memory = memory
    poller = try Poller()
  }

  /// The descriptors of the poller and its timer, for the thread that waits.
  var descriptors: (poller: Int32, timer: Int32) { (poller.number, poller.timer) }

  /// The counters of a receiver, which are valid forever; the receive thread increments them between start and
  /// stop.
  func counters(at place: Int) -> UnsafePointer<ReceiverCounters> {
    unsafe UnsafePointer(memory.receiverCounters + place)
  }

  /// Resets the counters of a place at which no receiver runs.
  func resetCounters(at place: Int) {
    unsafe (memory.receiverCounters + place).initialize(to: ReceiverCounters())
  }

  /// Starts to receive from `socket` by `settings`.
  ///
  /// - Throws: the kernel's refusal; nothing was started then.
  func start(
    _ place: Int, _ settings: ReceiverSettings, on socket: Int32
  ) throws(SystemError) {
    try poller.add(socket, number: UInt32(place))
    unsafe memory.receiverSockets[place].store(socket, ordering: .releasing)
    let counters = unsafe counters(at: place)
    unsafe push(.start(receiver: place, settings, counters))
  }

  /// Gives receiver `place`, which runs, the memory to resample. It belongs to the thread until that has
  /// returned the receiver.
  func equip(_ place: Int, _ resampler: Resampler) {
    push(.equip(receiver: place, resampler))
  }

  /// Asks the thread to release receiver and socket; does not wait.
  func requestStop(_ place: Int, socket: Int32) {
    try? poller.remove(socket)
    unsafe memory.receiverSockets[place].store(-1, ordering: .releasing)
    push(.stop(receiver: place))
  }

  /// Returns true if the thread has returned receiver `place` since it was asked to stop it. Only then may its
  /// socket be closed: before, the number could be another file's while the thread still reads from it.
  func hasStopped(receiver place: Int) -> Bool {
    returned.withLock { returned in
      while case .receiverStopped(let index)? = memory.receiveReturns.pop() {
        returned.insert(index)
      }
      return returned.remove(place) != nil
    }
  }

  /// Pushes a command. The queue has room for more commands than there are receivers, so that it is full only
  /// while the media thread hangs.
  private func push(_ command: sending ReceiveCommand) {
    returned.withLock { _ in
      let isPushed = memory.receiveCommands.push(command)
      precondition(isPushed, "the receive thread has stopped taking commands")
    }
  }
}
