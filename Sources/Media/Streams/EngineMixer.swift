// SPDX-License-Identifier: MIT
internal import CSharedMemory
internal import Device
internal import RealTime
internal import StreamEngine
internal import Synchronization

/// The control side of the transmit thread, through which every command for it goes.
///
/// The queues have one pushing and one popping thread each; the lock here serializes all control threads. The
/// media thread never takes it.
@safe
final class EngineMixer: PlaybackMixer {
  private struct Pending {
    var retiredSlots: [Int] = []
    var stoppedSenders: Set<Int> = []
  }

  private let memory: MediaMemory
  private let meters: Meters
  private let pending = Mutex(Pending())

  init(_ memory: MediaMemory, _ meters: Meters) {
    self.memory = memory
    self.meters = meters
  }

  func attach(
    slot: Int, memory client: UnsafeMutablePointer<aes67_client>, channels: Int, firstChannel: Int
  ) {
    let source = unsafe PlaybackSource(client, channels: channels, firstChannel: firstChannel)
    meters.attach(slot: slot, source)
    push(.attach(slot: slot, source))
  }

  func retire(slot: Int) { push(.retire(slot: slot)) }

  func takeRetired() -> Int? {
    let slot = pending.withLock { pending in
      collect(&pending)
      return pending.retiredSlots.popLast()
    }
    if let slot { meters.detach(slot: slot) }
    return slot
  }

  /// Starts the sender at a place, with its counters in `MediaMemory.senderCounters` there.
  func start(sender place: Int, _ settings: SenderSettings) {
    unsafe push(
      .start(sender: place, settings, UnsafePointer(memory.senderCounters + place)))
  }

  /// Pushes `command`. The queue has room for more commands than there are slots and senders, so that it is
  /// full only while the media thread hangs.
  func push(_ command: sending TransmitCommand) {
    pending.withLock { pending in
      collect(&pending)
      if !memory.transmitCommands.push(command) {
        preconditionFailure("the transmit thread has stopped taking commands")
      }
    }
  }

  /// Returns true if the thread has returned sender `index` since it was asked to stop it.
  func hasStopped(sender index: Int) -> Bool {
    pending.withLock { pending in
      collect(&pending)
      return pending.stoppedSenders.remove(index) != nil
    }
  }

  private func collect(_ pending: inout Pending) {
    while let returned = memory.transmitReturns.pop() {
      switch returned {
      case .slotRetired(let slot): pending.retiredSlots.append(slot)
      case .senderStopped(let index): pending.stoppedSenders.insert(index)
      }
    }
  }
}
