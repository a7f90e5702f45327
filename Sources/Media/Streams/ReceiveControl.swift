// SPDX-License-Identifier: MIT
internal import LinuxIO
internal import RealTime
internal import StreamEngine
internal import Synchronization

/// The control side of the receive thread: the sockets that it listens on, and every command for it.
///
/// The queues have one pushing and one popping thread each; the lock here makes all control threads one. The
/// media thread never takes it.
@safe
final class ReceiveControl: Sendable {
  private let memory: MediaMemory
  private let poller: Poller
  /// What the thread gave back and nobody asked for yet.
  private let returned = Mutex<Set<Int>>([])

  init(_ memory: MediaMemory) throws(SystemError) {
    self.memory = memory
    poller = try Poller()
  }

  /// The poller's descriptors, for the thread that waits.
  var descriptors: (poller: Int32, timer: Int32) { (poller.number, poller.timer) }

  /// Valid forever; the receive thread counts there between start and stop.
  func counters(at place: Int) -> UnsafePointer<ReceiverCounters> {
    unsafe UnsafePointer(memory.receiverCounters + place)
  }

  /// Begins to count anew; no receiver runs at that place.
  func resetCounters(at place: Int) {
    unsafe (memory.receiverCounters + place).initialize(to: ReceiverCounters())
  }

  /// Lets the thread receive from `socket` what `settings` say.
  ///
  /// - Throws: what the kernel refuses; then nothing was started.
  func start(
    _ place: Int, _ settings: ReceiverSettings, on socket: Int32
  ) throws(SystemError) {
    try poller.add(socket, number: UInt32(place))
    unsafe memory.receiverSockets[place].store(socket, ordering: .releasing)
    let counters = unsafe counters(at: place)
    unsafe push(.start(receiver: place, settings, counters))
  }

  /// Gives receiver `place`, which runs, what it needs to resample. It is the thread's until that has given the
  /// receiver back.
  func equip(_ place: Int, _ resampler: Resampler) {
    push(.equip(receiver: place, resampler))
  }

  /// Asks the thread to let go of receiver and socket; does not wait.
  func requestStop(_ place: Int, socket: Int32) {
    try? poller.remove(socket)
    unsafe memory.receiverSockets[place].store(-1, ordering: .releasing)
    push(.stop(receiver: place))
  }

  /// Returns true if the thread has given receiver `place` back since it was asked to stop it. Only then may its
  /// socket be closed: before, the number could be another file's while the thread still reads from it.
  func hasStopped(receiver place: Int) -> Bool {
    returned.withLock { returned in
      while case .receiverStopped(let index)? = memory.receiveReturns.pop() {
        returned.insert(index)
      }
      return returned.remove(place) != nil
    }
  }

  /// The queue holds more than there are receivers, so that it is full only while the media thread stands
  /// still.
  private func push(_ command: sending ReceiveCommand) {
    returned.withLock { _ in
      let isPushed = memory.receiveCommands.push(command)
      precondition(isPushed, "the receive thread has stopped taking commands")
    }
  }
}
