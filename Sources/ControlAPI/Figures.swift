// SPDX-License-Identifier: MIT

extension String {
  /// The sentence without its figures, for comparison: a figure that is measured again makes no other sentence,
  /// and an address or a name with digits does.
  public var withoutFigures: String {
    split(separator: " ").filter { !$0.isFigure }.joined(separator: " ")
  }
}

extension Substring {
  /// Returns true for a number with at most one decimal point, in brackets or before a punctuation mark.
  fileprivate var isFigure: Bool {
    let marks = "(),.:;%".utf8
    let core = utf8.drop { marks.contains($0) }
    guard let last = core.lastIndex(where: { !marks.contains($0) }) else { return false }
    let digits = core[...last]
    let points = digits.count { $0 == UInt8(ascii: ".") }
    return points <= 1 && digits.count { (0x30...0x39).contains($0) } == digits.count - points
  }
}
