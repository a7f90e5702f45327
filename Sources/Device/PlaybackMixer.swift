// SPDX-License-Identifier: MIT
package import CSharedMemory

/// The player of the clients' audio: the engine's side of the contract with the clients' service.
package protocol PlaybackMixer: Sendable {
  /// Begins to play a program from `memory`.
  ///
  /// - Parameter firstChannel: the device channel of its first channel, from 0.
  func attach(
    slot: Int, memory: UnsafeMutablePointer<aes67_client>, channels: Int, firstChannel: Int)

  /// Ends a program: its queued audio is still played, then the slot is returned.
  func retire(slot: Int)

  /// A returned slot, whose memory can be freed. Nil if there is none.
  func takeRetired() -> Int?
}
