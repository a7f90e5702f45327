// SPDX-License-Identifier: MIT

/// One type-length-value after a message's body (14.1). Only management's are interpreted.
public struct TLV: Hashable, Sendable {
  public var type: UInt16
  /// The value, of even length.
  public var value: [UInt8]

  static let headerSize = 4

  public init(type: UInt16, value: [UInt8]) {
    self.type = type
    self.value = value
  }

  /// The end of the value of the TLV at `offset`.
  static func end(in bytes: RawSpan, at offset: Int) throws(PTPError) -> Int {
    try bytes.require(offset + headerSize)
    let length = Int(bytes.uint16(at: offset + 2))
    let end = offset + headerSize + length
    guard length % 2 == 0, end <= bytes.byteCount else {
      throw .tlv(offset: offset, length: length)
    }
    return end
  }

  /// Skips all TLVs from `offset` to the message's end; up to three stray bytes are accepted.
  static func skip(in bytes: RawSpan, from offset: Int) throws(PTPError) {
    var offset = offset
    while offset + headerSize <= bytes.byteCount { offset = try end(in: bytes, at: offset) }
  }

  static func all(in bytes: RawSpan, from offset: Int) throws(PTPError) -> [TLV] {
    var offset = offset
    var list: [TLV] = []
    while offset + headerSize <= bytes.byteCount {
      let end = try end(in: bytes, at: offset)
      let value = ((offset + headerSize)..<end).map { bytes.uint8(at: $0) }
      list.append(TLV(type: bytes.uint16(at: offset), value: value))
      offset = end
    }
    return list
  }

  var size: Int { TLV.headerSize + value.count }

  func write(into bytes: inout MutableRawSpan, at offset: Int) {
    bytes.put(type, at: offset)
    bytes.put(UInt16(truncatingIfNeeded: value.count), at: offset + 2)
    for index in value.indices {
      bytes.put(value[index], at: offset + TLV.headerSize + index)
    }
  }
}
