// SPDX-License-Identifier: MIT

/// The data of one of our sessions that is kept across restarts, so that its version increases if its
/// description has changed, and only then (SDP-01).
public struct SessionStamp: Hashable, Sendable {
  /// The identifier of the origin, which is constant for the life of the stream.
  public var identifier: String
  public var version: UInt64
  /// The digest of the description without its version.
  public var digest: UInt64

  public init(identifier: String, version: UInt64, digest: UInt64) {
    self.identifier = identifier
    self.version = version
    self.digest = digest
  }

  /// The stamp of `description`, which follows `previous`. Its version is at least that of the description.
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
