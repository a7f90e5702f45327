// SPDX-License-Identifier: MIT
import ALSAPlugin
import Testing

/// Conversion of samples between each ALSA format and the ring.
struct SampleFormatTests {
  /// The bytes of a sample in the program's buffer, and its 32 bits in the ring.
  struct Vector: CustomTestStringConvertible {
    let format: sample_format
    let bytes: [UInt8]
    let ring: UInt32
    var testDescription: String { "\(format.rawValue) \(bytes) \(String(ring, radix: 16))" }

    init(_ format: sample_format, _ bytes: [UInt8], _ ring: UInt32) {
      self.format = format
      self.bytes = bytes
      self.ring = ring
    }

    init(_ value: Float, _ ring: UInt32) {
      self.init(SAMPLE_FLOAT, Self.littleEndian(value.bitPattern), ring)
    }

    static func littleEndian(_ word: UInt32) -> [UInt8] {
      (0..<4).map { UInt8(truncatingIfNeeded: word >> (8 * UInt32($0))) }
    }
  }

  /// Samples that are converted exactly in both directions.
  static let exact: [Vector] = [
    Vector(SAMPLE_S32, [0x00, 0x56, 0x34, 0x12], 0x1234_5600),
    Vector(SAMPLE_S32, [0x00, 0x00, 0x00, 0x80], 0x8000_0000),
    Vector(SAMPLE_S32, [0x00, 0xff, 0xff, 0x7f], 0x7fff_ff00),
    Vector(SAMPLE_S24, [0x56, 0x34, 0x12, 0x00], 0x1234_5600),
    Vector(SAMPLE_S24, [0xff, 0xff, 0xff, 0xff], 0xffff_ff00),
    Vector(SAMPLE_S24, [0x00, 0x00, 0x80, 0xff], 0x8000_0000),
    Vector(SAMPLE_S24_3, [0x56, 0x34, 0x12], 0x1234_5600),
    Vector(SAMPLE_S24_3, [0x00, 0x00, 0x80], 0x8000_0000),
    Vector(SAMPLE_S16, [0x34, 0x12], 0x1234_0000),
    Vector(SAMPLE_S16, [0x00, 0x80], 0x8000_0000),
    Vector(SAMPLE_S16, [0xff, 0xff], 0xffff_0000),
    Vector(0, 0),
    Vector(0.5, 0x4000_0000),
    Vector(-0.5, 0xc000_0000),
    Vector(-1, 0x8000_0000),
    Vector(8_388_607.0 / 8_388_608.0, 0x7fff_ff00),
    Vector(1.0 / 8_388_608.0, 0x0000_0100),
    Vector(-1.0 / 8_388_608.0, 0xffff_ff00),
  ]

  /// Samples of a program that 24 bits cannot represent.
  static let inexact: [Vector] = [
    Vector(SAMPLE_S32, [0xff, 0x56, 0x34, 0x12], 0x1234_5600),
    Vector(SAMPLE_S32, [0xff, 0xff, 0xff, 0xff], 0xffff_ff00),
    Vector(SAMPLE_S24, [0x56, 0x34, 0x12, 0xa5], 0x1234_5600),
    Vector(1, 0x7fff_ff00),
    Vector(2, 0x7fff_ff00),
    Vector(.infinity, 0x7fff_ff00),
    Vector(-1.5, 0x8000_0000),
    Vector(-.infinity, 0x8000_0000),
    Vector(.nan, 0),
    Vector(-.nan, 0),
    Vector(.leastNonzeroMagnitude, 0),
    Vector(0.49 / 8_388_608.0, 0),
    Vector(0.5 / 8_388_608.0, 0x0000_0100),
    Vector(-0.5 / 8_388_608.0, 0xffff_ff00),
    Vector(1.4 / 8_388_608.0, 0x0000_0100),
    Vector(1.6 / 8_388_608.0, 0x0000_0200),
  ]

  @Test(arguments: exact + inexact)
  func writes(vector: Vector) {
    #expect(toRing(vector.format, vector.bytes, channels: 1, planar: false) == [vector.ring])
  }

  @Test(arguments: exact)
  func reads(vector: Vector) {
    let bytes = fromRing(vector.format, [vector.ring], channels: 1, planar: false)
    #expect(bytes == vector.bytes)
  }

  /// Conversion to S16 keeps the upper 16 bits and does not round.
  @Test func sixteenBitsAreTruncated() {
    #expect(fromRing(SAMPLE_S16, [0x1234_ff00], channels: 1, planar: false) == [0x34, 0x12])
    #expect(fromRing(SAMPLE_S16, [0xffff_ff00], channels: 1, planar: false) == [0xff, 0xff])
  }

  static let formats = [SAMPLE_S32, SAMPLE_S24, SAMPLE_S24_3, SAMPLE_S16, SAMPLE_FLOAT]

  /// Every format, interleaved and planar, with three channels, five frames and 15 different samples.
  @Test(arguments: formats, [false, true])
  func keepsChannelsApart(format: sample_format, planar: Bool) {
    let samples = (0..<15).map { UInt32(bitPattern: Int32($0 - 7) << 24) }
    let bytes = fromRing(format, samples, channels: 3, planar: planar)
    #expect(bytes.count == 15 * sample_bytes(format))
    #expect(toRing(format, bytes, channels: 3, planar: planar) == samples)
    let flat = fromRing(format, samples, channels: 3, planar: false)
    #expect((bytes == flat) == !planar)
  }

  /// A stream of two channels, the second and the third, reads from a ring of four.
  @Test(arguments: [false, true])
  func readsSomeOfTheRingsChannels(planar: Bool) {
    let ring: [UInt32] = [0x0100_0000, 0x0200_0000, 0x0300_0000, 0x0400_0000]
    let bytes = fromRing(
      SAMPLE_S16, ring + ring, channels: 2, planar: planar, ringChannels: 4, firstChannel: 1)
    #expect(bytes == (planar ? [0, 2, 0, 2, 0, 3, 0, 3] : [0, 2, 0, 3, 0, 2, 0, 3]))
  }

  // MARK: Buffers

  private func toRing(
    _ format: sample_format, _ bytes: [UInt8], channels: Int, planar: Bool
  ) -> [UInt32] {
    var bytes = bytes
    var ring = [Int32](repeating: 0x5555_5555, count: bytes.count / sample_bytes(format))
    let frames = ring.count / channels
    unsafe withChannels(&bytes, format, channels, frames, planar) { places in
      unsafe samples_to_ring(format, &ring, places, UInt32(channels), frames)
    }
    return ring.map { UInt32(bitPattern: $0) }
  }

  private func fromRing(
    _ format: sample_format, _ samples: [UInt32], channels: Int, planar: Bool,
    ringChannels: Int? = nil, firstChannel: Int = 0
  ) -> [UInt8] {
    let ringChannels = ringChannels ?? channels
    let frames = samples.count / ringChannels
    let ring = samples.map { Int32(bitPattern: $0) }
    var bytes = [UInt8](repeating: 0x55, count: frames * channels * sample_bytes(format))
    unsafe withChannels(&bytes, format, channels, frames, planar) { places in
      unsafe ring.withUnsafeBufferPointer { ring in
        unsafe samples_from_ring(
          format, ring.baseAddress! + firstChannel, UInt32(ringChannels), places, UInt32(channels),
          frames)
      }
    }
    return bytes
  }

  private func withChannels(
    _ bytes: inout [UInt8], _ format: sample_format, _ channels: Int, _ frames: Int,
    _ planar: Bool, _ body: ([sample_channel]) -> Void
  ) {
    let size = sample_bytes(format)
    unsafe bytes.withUnsafeMutableBytes { buffer in
      let base = buffer.baseAddress!
      let places = unsafe (0..<channels).map { channel in
        unsafe sample_channel(
          first: base + channel * size * (planar ? frames : 1),
          step: planar ? size : size * channels)
      }
      unsafe body(places)
    }
  }
}
