// SPDX-License-Identifier: MIT
internal import Synchronization

/// A file of ours that others read, with one text at a time: made again where somebody has removed it, and where it could not
/// be written.
public final class PublishedFile: Sendable {
  private struct State {
    /// What the file shall say; nil for no file.
    var text: String?
    /// What it was told to say last, it does.
    var isWritten = true
  }

  private let path: String
  private let readers: Files.Readers
  private let state = Mutex(State())

  /// - Parameter readers: who may read it.
  public init(path: String, readers: Files.Readers) {
    self.path = path
    self.readers = readers
  }

  /// Replaces the file; removes it for nil.
  ///
  /// - Throws: why it says what it said before; ``restore()`` tries again.
  public func write(_ text: String?) throws(SystemError) {
    try state.withLock { state throws(SystemError) in
      state.text = text
      try replace(&state)
    }
  }

  /// Brings the file up to date, if it is not, in a directory that is there and is ours alone. To be called now and then.
  public func restore() throws(SystemError) {
    try state.withLock { state throws(SystemError) in
      guard state.text != nil, !state.isWritten || !Files.exists(path), Files.isInOwnDirectory(path)
      else { return }
      try replace(&state)
    }
  }

  private func replace(_ state: inout State) throws(SystemError) {
    state.isWritten = false
    if let text = state.text {
      try Files.replace(path, with: text, readers: readers)
    } else {
      Files.remove(path)
    }
    state.isWritten = true
  }
}
