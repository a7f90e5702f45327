// SPDX-License-Identifier: MIT
internal import Glibc

/// An open descriptor and the duty to close it.
public struct FileDescriptor: ~Copyable, Sendable {
  public let number: Int32

  /// Takes over a descriptor that nobody else closes.
  public init(owning number: Int32) {
    self.number = number
  }

  deinit {
    _ = close(number)
  }
}
