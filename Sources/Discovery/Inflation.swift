// SPDX-License-Identifier: MIT
internal import CZlib

/// Expands compressed announcements (RFC 2974, 6: zlib), never to more than the given size.
enum Inflation {
  /// - Returns: nil if the data is damaged, or expands to more than `maximumByteCount`.
  static func inflate(_ compressed: [UInt8], _ maximumByteCount: Int) -> [UInt8]? {
    guard maximumByteCount > 0 else { return nil }
    var expanded = [UInt8](repeating: 0, count: maximumByteCount)
    var count = uLongf(maximumByteCount)
    // Safety: zlib writes at most `count` bytes, and reads no more than there are.
    let result = unsafe uncompress(&expanded, &count, compressed, uLong(compressed.count))
    return result == Z_OK ? Array(expanded.prefix(Int(count))) : nil
  }
}
