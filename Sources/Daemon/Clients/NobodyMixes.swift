// SPDX-License-Identifier: MIT
internal import CSharedMemory
internal import Synchronization

/// A mixer that plays nothing and gives each slot back at once.
final class NobodyMixes: PlaybackMixer {
  private let retired = Mutex<[Int]>([])

  func attach(
    slot: Int, memory: UnsafeMutablePointer<aes67_client>, channels: Int, firstChannel: Int
  ) {}

  func retire(slot: Int) {
    retired.withLock { $0.append(slot) }
  }

  func takeRetired() -> Int? {
    retired.withLock { $0.popLast() }
  }
}
