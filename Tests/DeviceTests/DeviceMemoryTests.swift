// SPDX-License-Identifier: MIT
import CSharedMemory
import LinuxIO
import MediaClock
import Testing

@testable import Device

@Suite struct DeviceMemoryTests {
  /// A writer that stops in the middle of a write does not block readers.
  @Test func anIncompleteWriteLeavesTheLastCompleteClock() throws {
    let now = MonotonicClock.now
    let device = try DeviceMemory(minimumPeriod: 64, born: now)
    let clock = DeviceClock.freeRunning(
      from: now, at: PTPInstant(nanoseconds: 1_700_000_000_000_000_000), rate: .hz48000)
    device.publish(clock)
    #expect(device.clock == clock)
    // The sequence number is the first field. An odd number means that the other fields are being written.
    let page = try unsafe #require(aes67_device_clock(device.page))
    let sequence = unsafe UnsafeMutableRawPointer(page).assumingMemoryBound(to: UInt32.self)
    unsafe sequence.pointee += 1
    #expect(device.clock == clock)
    unsafe sequence.pointee += 1
    #expect(device.clock == clock)
  }
}
