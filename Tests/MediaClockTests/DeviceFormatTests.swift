// SPDX-License-Identifier: MIT
import CSharedMemory
import MediaClock
import Testing

@Suite("DeviceFormat: one format for Swift and for C")
struct DeviceFormatTests {
  @Test("Rate and channels are those of the shared memory")
  func header() {
    #expect(DeviceFormat.second == Int64(AES67_RATE))
    #expect(DeviceFormat.channels == Int(AES67_CHANNELS))
  }

  @Test("Durations in frames")
  func durations() {
    #expect(DeviceFormat.milliseconds(1_000) == DeviceFormat.second)
    #expect(DeviceFormat.milliseconds(250) * 4 == DeviceFormat.second)
  }
}
