// SPDX-License-Identifier: MIT

/// What must be remembered of a session of ours so that, across restarts, its version grows when its
/// description changed and only then (SDP-01).
public struct SessionStamp: Hashable, Sendable {
  /// The origin's, constant for the life of the stream.
  public var identifier: String
  public var version: UInt64
  /// Of the description without its version.
  public var digest: UInt64

  public init(identifier: String, version: UInt64, digest: UInt64) {
    self.identifier = identifier
    self.version = version
    self.digest = digest
  }

  /// The stamp of `description`, which followed on `previous`; its own version is the least that it gets.
  init(_ description: SessionDescription, after previous: SessionStamp?) {
    var plain = description
    plain.origin.version = 0
    identifier = description.origin.identifier
    digest = Digest.of(plain.text.utf8)
    guard let previous else {
      version = description.origin.version
      return
    }
    version =
      previous.digest == digest
      ? previous.version : max(description.origin.version, previous.version &+ 1)
  }
}
