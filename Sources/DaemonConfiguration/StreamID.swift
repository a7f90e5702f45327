// SPDX-License-Identifier: MIT

/// The identity of a stream, which is kept through restart, rename and reload, and never reused.
///
/// Names can be changed by users.
package struct StreamID: Hashable, Comparable, Sendable, CustomStringConvertible {
  package let number: Int

  package init(_ number: Int) { self.number = number }

  package static func < (left: Self, right: Self) -> Bool { left.number < right.number }

  package var description: String { "\(number)" }
}
