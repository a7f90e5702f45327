// SPDX-License-Identifier: MIT
package import CSharedMemory

/// What plays the clients' audio: the engine's side of the contract with the clients' service.
package protocol PlaybackMixer: Sendable {
  /// A program plays from `memory` from now on.
  ///
  /// - Parameter firstChannel: the device channel of its first, from 0.
  func attach(
    slot: Int, memory: UnsafeMutablePointer<aes67_client>, channels: Int, firstChannel: Int)

  /// The program is gone: what it queued is still played, then the slot comes back.
  func retire(slot: Int)

  /// A slot that came back: its memory may go. Nil when there is none.
  func takeRetired() -> Int?
}
