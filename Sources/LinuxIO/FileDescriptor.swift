// SPDX-License-Identifier: MIT
internal import Glibc

/// An open descriptor, which is closed with this value.
public struct FileDescriptor: ~Copyable, Sendable {
  public let number: Int32

  /// Takes ownership of a descriptor.
  public init(owning number: Int32) {
    self.number = number
  }

  deinit {
    _ = close(number)
  }
}
