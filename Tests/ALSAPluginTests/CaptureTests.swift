// SPDX-License-Identifier: MIT
import ALSAPlugin
import CSharedMemory
import Testing

/// Reads of a capture stream from the capture ring that all streams share.
struct CaptureTests {
  private func recording(channels: Int = 1, firstChannel: Int = 0) -> Stream {
    let stream = Stream(AES67_CAPTURE, channels: channels, firstChannel: firstChannel)
    stream.moveToDaemon(direction: AES67_CAPTURE)
    stream.prepare(at: 0)
    return stream
  }

  @Test func readsFromItsStartFrame() {
    let stream = recording()
    for frame in 0..<400 { stream.capture(Int32(frame), channel: 0, frame: Int64(frame)) }
    unsafe aes67_device_set_capture_valid(stream.device!, 0, 400)
    #expect(stream.start(at: 100) == 192)
    #expect(stream.read(4, at: 0) == [192, 193, 194, 195])
    #expect(stream.read(4, at: 0) == [192, 193, 194, 195], "reading again changes nothing")
    #expect(stream.read(2, at: 100) == [292, 293])
  }

  private static let windows: [(Int64, Int64)] = [
    (200, 210), (150, 195), (193, 400), (300, 400), (0, 192), (196, 193),
  ]

  @Test(arguments: windows)
  func isSilentOutsideTheValidFrames(from: Int64, through: Int64) {
    let stream = recording()
    for frame in 0..<400 { stream.capture(Int32(frame), channel: 0, frame: Int64(frame)) }
    unsafe aes67_device_set_capture_valid(stream.device!, from, through)
    stream.start(at: 100)
    let expected = (192..<212).map { (from..<max(from, through)).contains($0) ? Int32($0) : 0 }
    #expect(stream.read(20, at: 0) == expected)
  }

  @Test func readsItsOwnChannels() {
    let stream = recording(channels: 2, firstChannel: 62)
    for channel in 0..<64 { stream.capture(Int32(channel), channel: channel, frame: 192) }
    unsafe aes67_device_set_capture_valid(stream.device!, 0, 400)
    stream.start(at: 100)
    #expect(stream.read(2, at: 0) == [62, 63, 0, 0])
  }

  @Test func readsAcrossTheEndOfTheRing() {
    let stream = recording()
    let ring = Int64(AES67_RING_FRAMES)
    stream.start(at: 100)
    for frame in ring - 2..<ring + 2 {
      stream.capture(Int32(frame - ring), channel: 0, frame: frame)
    }
    unsafe aes67_device_set_capture_valid(stream.device!, ring - 2, ring + 2)
    #expect(stream.read(6, at: UInt64(ring - 3 - 192)) == [0, -2, -1, 0, 1, 0])
  }

  @Test func isSilentWithoutADaemon() {
    let stream = Stream(AES67_CAPTURE, channels: 2)
    stream.prepare(at: 0)
    stream.start(at: 0)
    #expect(stream.read(3, at: 0) == [0, 0, 0, 0, 0, 0])
  }
}
