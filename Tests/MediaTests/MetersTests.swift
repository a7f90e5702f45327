// SPDX-License-Identifier: MIT
import CSharedMemory
import ControlAPI
import LinuxIO
import MediaClock
import StreamEngine
import Testing

@testable import Device
@testable import Media

@Suite("Meters: levels on request")
@safe
struct MetersTests {
  /// A device whose clock almost stands still at frame 480,000.
  private func makeDevice() throws -> DeviceMemory {
    let device = try DeviceMemory(minimumPeriod: 64, born: MonotonicClock.now)
    set(device, to: 480_000)
    return device
  }

  private func set(_ device: DeviceMemory, to frame: Int64) {
    device.publish(
      DeviceClock(
        relation: ClockRelation(
          base: MonotonicClock.now, frame: DeviceFrame(frame), fraction: 0,
          rate: ClockRelation.nominalRate(.hz48000, divisor: 1_000_000)),
        mediaOffset: MediaOffset(frames: 0), state: .freeRunning, generation: 0))
  }

  @Test("A full-scale sine is 0 dBFS in peak and RMS, half of it 6.02 dB less")
  func decibels() throws {
    let device = try makeDevice()
    let ring = try unsafe #require(aes67_device_capture_ring(device.page))
    for frame in 0..<Int(AES67_RING_FRAMES) {
      let phase = Double((480_000 - Int(AES67_RING_FRAMES) + frame) % 48) / 48 * 2 * Double.pi
      let slot = (480_000 + frame) % Int(AES67_RING_FRAMES)
      let sine = sineTable(phase)
      unsafe ring[slot * 64 + 0] = Int32(sine * 8_388_606) << 8
      unsafe ring[slot * 64 + 1] = Int32(sine * 4_194_303) << 8
      unsafe ring[slot * 64 + 2] = slot % 2 == 0 ? Int32.min : Int32.max & ~0xFF
    }
    unsafe aes67_device_set_capture_valid(device.page, 400_000, 500_000)
    let scratch = UnsafeMutablePointer<Int32>.allocate(capacity: SampleBlock.capacity)
    let meters = unsafe Meters(device, scratch: scratch)
    let snapshot = meters.snapshot()
    #expect(snapshot.windowMilliseconds == 300)
    #expect(snapshot.deviceFrame == 480_000)
    #expect(snapshot.capture.count == 64 && snapshot.playback.count == 64)
    #expect(abs(snapshot.capture[0].peakDecibels) < 0.02)
    #expect(abs(snapshot.capture[0].rmsDecibels) < 0.02)
    #expect(snapshot.capture[0].clips == 0)
    #expect(abs(snapshot.capture[1].peakDecibels + 6.02) < 0.02)
    #expect(abs(snapshot.capture[1].rmsDecibels + 6.02) < 0.02)
    // A square wave of full scale, of which every sample counts as a clip.
    #expect(abs(snapshot.capture[2].rmsDecibels - 3.01) < 0.02)
    #expect(snapshot.capture[2].clips == 14_400)
    #expect(
      snapshot.capture[3]
        == MeterSnapshot.Level(
          peakDecibels: MeterSnapshot.silence, rmsDecibels: MeterSnapshot.silence, clips: 0))
    #expect(snapshot.playback.allSatisfy { $0.peakDecibels == MeterSnapshot.silence })
    unsafe scratch.deallocate()
  }

  private func sineTable(_ phase: Double) -> Double {
    // The series is exact to 1e-9 within half a turn.
    let x = phase > Double.pi ? phase - 2 * Double.pi : phase
    var term = x
    var sum = x
    for step in 1...12 {
      term *= -x * x / Double((2 * step) * (2 * step + 1))
      sum += term
    }
    return sum
  }

  @Test("All readers share one measurement, which counts each clip once")
  func shared() throws {
    let device = try makeDevice()
    let ring = try unsafe #require(aes67_device_capture_ring(device.page))
    for slot in 0..<Int(AES67_RING_FRAMES) { unsafe ring[slot * 64] = Int32.min }
    unsafe aes67_device_set_capture_valid(device.page, 0, 1_000_000)
    let scratch = UnsafeMutablePointer<Int32>.allocate(capacity: SampleBlock.capacity)
    let meters = unsafe Meters(device, scratch: scratch)
    for _ in 0..<3 { #expect(meters.snapshot().capture[0].clips == 14_400) }
    set(device, to: 484_799)  // One more block of 2,400 frames has passed.
    for _ in 0..<3 { #expect(meters.snapshot().capture[0].clips == 16_800) }
    // After more than a second without readers, the count starts again.
    set(device, to: 540_000)
    #expect(meters.snapshot().capture[0].clips == 14_400)
    unsafe scratch.deallocate()
  }
}
