// SPDX-License-Identifier: MIT

/// A change made at run time that can be undone: an element of the answer of `/v1/undo`.
public struct UndoableChange: Codable, Equatable, Sendable {
  /// The change, such as `receiver Stage left added`.
  public var text: String
  /// The time of the change, in seconds of Unix time.
  public var unixSeconds: Int64

  public init(text: String, unixSeconds: Int64) {
    self.text = text
    self.unixSeconds = unixSeconds
  }
}

/// The effects of undoing the last change.
public struct UndoReport: Codable, Equatable, Sendable {
  /// The change that was undone.
  public var undone: UndoableChange
  /// The changes in force now, such as `receiver Stage left removed`.
  public var applied: [String]
  /// Keys whose values take effect only after a restart.
  public var needsRestart: [String]
  /// True if the result survives a restart; false if it could not be written to the disk.
  public var kept: Bool
  /// The number of changes that can still be undone.
  public var left: Int

  public init(
    undone: UndoableChange, applied: [String], needsRestart: [String], kept: Bool, left: Int
  ) {
    self.undone = undone
    self.applied = applied
    self.needsRestart = needsRestart
    self.kept = kept
    self.left = left
  }
}
