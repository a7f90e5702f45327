// SPDX-License-Identifier: MIT
internal import Notation

extension String {
  /// The decoded text of a part of a path (RFC 3986, 2.1); nil if it is invalid.
  func removingPercentEncoding() -> String? {
    var bytes: [UInt8] = []
    var rest = utf8[...]
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "%") else {
        bytes.append(byte)
        continue
      }
      let digits = rest.prefix(2)
      guard digits.count == 2, let text = String(digits), let value = UInt8(hexadecimal: text)
      else {
        return nil
      }
      bytes.append(value)
      rest = rest.dropFirst(2)
    }
    return String(validating: bytes, as: UTF8.self)
  }
}
