// SPDX-License-Identifier: MIT
internal import RTP

/// Converts samples between the ring's int32, with 24 significant bits at the top, and the bytes on the wire.
///
/// These are the innermost loops of the product. They use raw loads and stores, because checked ones cost as
/// much as the system calls around them; the bounds are checked once, before the loop.
enum SampleCodec {
  /// Decodes `count` samples of three bytes each (RFC 3190, 4), which lie in `bytes`.
  @unsafe @_noLocks @_noAllocation
  static func unpackL24(
    _ bytes: RawSpan, at offset: Int, to target: UnsafeMutablePointer<Int32>, count: Int
  ) {
    var position = offset
    var index = 0
    // Most streams have eight samples a frame, which are three words.
    while index &+ 8 <= count {
      let first = unsafe word(bytes, at: position)
      let second = unsafe word(bytes, at: position &+ 8)
      let third = unsafe word(bytes, at: position &+ 16)
      unsafe put(first >> 32, to: target + index)
      unsafe put(first >> 8, to: target + (index &+ 1))
      unsafe put(first << 16 | second >> 48, to: target + (index &+ 2))
      unsafe put(second >> 24, to: target + (index &+ 3))
      unsafe put(second, to: target + (index &+ 4))
      unsafe put(second << 24 | third >> 40, to: target + (index &+ 5))
      unsafe put(third >> 16, to: target + (index &+ 6))
      unsafe put(third << 8, to: target + (index &+ 7))
      position &+= 24
      index &+= 8
    }
    while index < count {
      let high = unsafe bytes.unsafeLoadUnaligned(fromByteOffset: position, as: UInt16.self)
      let low = unsafe bytes.unsafeLoad(fromByteOffset: position &+ 2, as: UInt8.self)
      unsafe target[index] = Int32(
        bitPattern: UInt32(UInt16(bigEndian: high)) << 16 | UInt32(low) << 8)
      position &+= 3
      index &+= 1
    }
  }

  @unsafe @_noLocks @_noAllocation
  private static func word(_ bytes: RawSpan, at offset: Int) -> UInt64 {
    UInt64(bigEndian: unsafe bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self))
  }

  /// Stores the low 32 bits of `bits`, of which 24 are the sample.
  @unsafe @_noLocks @_noAllocation
  private static func put(_ bits: UInt64, to target: UnsafeMutablePointer<Int32>) {
    unsafe target.pointee = Int32(bitPattern: UInt32(truncatingIfNeeded: bits) & 0xFFFF_FF00)
  }

  /// Decodes `count` samples of two bytes each, which lie in `bytes`; they become the top 16 of 24 bits
  /// (AES-03).
  @unsafe @_noLocks @_noAllocation
  static func unpackL16(
    _ bytes: RawSpan, at offset: Int, to target: UnsafeMutablePointer<Int32>, count: Int
  ) {
    var index = 0
    while index < count {
      let word = unsafe bytes.unsafeLoadUnaligned(
        fromByteOffset: offset &+ 2 &* index, as: UInt16.self)
      unsafe target[index] = Int32(bitPattern: UInt32(UInt16(bigEndian: word)) << 16)
      index &+= 1
    }
  }

  /// Decodes one sample, for the few packets that are not simply copied.
  @_noLocks @_noAllocation
  static func sample(_ bytes: RawSpan, at offset: Int, _ encoding: SampleEncoding) -> Int32 {
    var sample: Int32 = 0
    guard offset >= 0, offset + encoding.bytesPerSample <= bytes.byteCount else { return sample }
    switch encoding {
    case .l24: unsafe unpackL24(bytes, at: offset, to: &sample, count: 1)
    case .l16: unsafe unpackL16(bytes, at: offset, to: &sample, count: 1)
    }
    return sample
  }

  /// Encodes `count` sums of 24-bit samples, saturated, as three bytes each.
  ///
  /// `target` needs one byte more than the samples take.
  @_noLocks @_noAllocation
  static func packL24(
    _ sums: UnsafePointer<Int32>, count: Int, into bytes: inout MutableRawSpan, at offset: Int
  ) {
    guard offset >= 0, offset + 3 * count + 1 <= bytes.byteCount else { return }
    // Safety: checked above; the fourth byte of a single sample is the next one's first.
    var position = offset
    var index = 0
    while index &+ 8 <= count {
      let third = unsafe field(sums + (index &+ 2))
      let sixth = unsafe field(sums + (index &+ 5))
      unsafe put(
        field(sums + index) << 40 | field(sums + (index &+ 1)) << 16 | third >> 8,
        into: &bytes, at: position)
      unsafe put(
        third << 56 | field(sums + (index &+ 3)) << 32 | field(sums + (index &+ 4)) << 8
          | sixth >> 16,
        into: &bytes, at: position &+ 8)
      unsafe put(
        sixth << 48 | field(sums + (index &+ 6)) << 24 | field(sums + (index &+ 7)),
        into: &bytes, at: position &+ 16)
      position &+= 24
      index &+= 8
    }
    while index < count {
      unsafe bytes.storeBytes(
        of: UInt32(truncatingIfNeeded: field(sums + index) << 8).bigEndian,
        toUncheckedByteOffset: position, as: UInt32.self)
      position &+= 3
      index &+= 1
    }
  }

  /// A saturated sum, as the 24 bits on the wire.
  @unsafe @_noLocks @_noAllocation
  private static func field(_ sum: UnsafePointer<Int32>) -> UInt64 {
    let sample = unsafe max(-0x80_0000, min(0x7F_FFFF, sum.pointee))
    return UInt64(UInt32(bitPattern: sample) & 0xFF_FFFF)
  }

  @unsafe @_noLocks @_noAllocation
  private static func put(_ word: UInt64, into bytes: inout MutableRawSpan, at offset: Int) {
    unsafe bytes.storeBytes(
      of: word.bigEndian, toUncheckedByteOffset: offset, as: UInt64.self)
  }
}
