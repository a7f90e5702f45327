// SPDX-License-Identifier: MIT

/// Which stream is meant: the same through restart, rename and reload, and never given twice.
///
/// Names are for people, who change them.
package struct StreamID: Hashable, Comparable, Sendable, CustomStringConvertible {
  package let number: Int

  package init(_ number: Int) { self.number = number }

  package static func < (left: Self, right: Self) -> Bool { left.number < right.number }

  package var description: String { "\(number)" }
}
