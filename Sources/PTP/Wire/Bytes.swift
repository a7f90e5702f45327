// SPDX-License-Identifier: MIT

/// Big-endian fields at the offsets of the standard's tables. The caller has checked the length.
extension RawSpan {
  func uint8(at offset: Int) -> UInt8 {
    unsafe unsafeLoad(fromByteOffset: offset, as: UInt8.self)
  }

  func int8(at offset: Int) -> Int8 { Int8(bitPattern: uint8(at: offset)) }

  func uint16(at offset: Int) -> UInt16 {
    UInt16(bigEndian: unsafe unsafeLoadUnaligned(fromByteOffset: offset, as: UInt16.self))
  }

  func int16(at offset: Int) -> Int16 { Int16(bitPattern: uint16(at: offset)) }

  func uint32(at offset: Int) -> UInt32 {
    UInt32(bigEndian: unsafe unsafeLoadUnaligned(fromByteOffset: offset, as: UInt32.self))
  }

  func uint64(at offset: Int) -> UInt64 {
    UInt64(bigEndian: unsafe unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self))
  }

  /// Throws unless there are at least `count` bytes.
  func require(_ count: Int) throws(PTPError) {
    guard byteCount >= count else { throw .truncated(needed: count, got: byteCount) }
  }
}

extension MutableRawSpan {
  mutating func put(_ value: UInt8, at offset: Int) {
    storeBytes(of: value, toByteOffset: offset, as: UInt8.self)
  }

  mutating func put(_ value: Int8, at offset: Int) { put(UInt8(bitPattern: value), at: offset) }

  mutating func put(_ value: UInt16, at offset: Int) {
    storeBytes(of: value.bigEndian, toByteOffset: offset, as: UInt16.self)
  }

  mutating func put(_ value: Int16, at offset: Int) { put(UInt16(bitPattern: value), at: offset) }

  mutating func put(_ value: UInt32, at offset: Int) {
    storeBytes(of: value.bigEndian, toByteOffset: offset, as: UInt32.self)
  }

  mutating func put(_ value: UInt64, at offset: Int) {
    storeBytes(of: value.bigEndian, toByteOffset: offset, as: UInt64.self)
  }
}
