// SPDX-License-Identifier: MIT

extension String {
  /// The sentence without its figures, for comparison: a figure that is measured again makes no other sentence.
  public var withoutFigures: String {
    String(decoding: utf8.filter { !(0x30...0x39).contains($0) && $0 != 0x2E }, as: UTF8.self)
  }
}
