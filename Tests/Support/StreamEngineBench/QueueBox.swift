// SPDX-License-Identifier: MIT
package import RealTime

/// A queue with its memory.
@safe
package final class QueueBox<Element: BitwiseCopyable> {
  package let queue: CommandQueue<Element>
  private let positions = UnsafeMutablePointer<QueuePositions>.allocate(capacity: 1)
  private let slots: UnsafeMutablePointer<Element>

  package init(capacity: Int = 256) {
    unsafe positions.initialize(to: QueuePositions())
    unsafe slots = .allocate(capacity: capacity)
    queue = unsafe CommandQueue(positions: positions, slots: slots, capacity: capacity)
  }

  deinit {
    unsafe positions.deallocate()
    unsafe slots.deallocate()
  }
}
