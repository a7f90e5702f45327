// SPDX-License-Identifier: MIT

/// Which stream of this run of the daemon is meant; never given twice.
///
/// Names are for people, who change them and may give one to two streams.
public struct StreamID: Hashable, Comparable, Sendable, CustomStringConvertible {
  public let number: Int

  public init(_ number: Int) { self.number = number }

  public static func < (left: Self, right: Self) -> Bool { left.number < right.number }

  public var description: String { "\(number)" }
}
