// SPDX-License-Identifier: MIT
internal import Glibc

public import struct SystemPackage.Errno

/// A kernel call that failed, with the reason and the subject.
///
/// Reads as a sentence, such as `bind 239.69.1.1:5004: Address already in use`.
public struct SystemError: Error, Equatable, Sendable, CustomStringConvertible {
  public let call: SystemCall
  /// The reason.
  public let code: Errno
  /// The address, path or interface concerned; empty if there is none.
  public let subject: String

  public init(call: SystemCall, code: Errno, subject: String = "") {
    self.call = call
    self.code = code
    self.subject = subject
  }

  /// The meaning of the code in the C library's words.
  public var reason: String { code.description }

  /// Returns true if there is no file of that name.
  public var isMissing: Bool { code == .noSuchFileOrDirectory || code == .notDirectory }

  /// Returns true if the operation is refused because this process lacks the permission.
  public var isForbidden: Bool { code == .permissionDenied || code == .notPermitted }

  /// Returns true if no descriptor or no memory was left, which says nothing about what was asked for.
  public var isShortage: Bool {
    code == .tooManyOpenFiles || code == .tooManyOpenFilesInSystem || code == .noMemory
  }

  /// Returns true if the other end of a connection has closed it.
  public var isHangUp: Bool { code == .brokenPipe }

  public var description: String {
    subject.isEmpty ? "\(call): \(reason)" : "\(call) \(subject): \(reason)"
  }
}

/// Makes one kernel call that returns -1 with `errno`, and repeats it if a signal interrupted it.
///
/// All calls of this module that may fail go through here or through ``checked(_:_:code:)``.
@discardableResult
func kernel<Answer: SignedInteger>(
  _ call: SystemCall, _ subject: @autoclosure () -> String = "", _ body: () -> Answer
) throws(SystemError) -> Answer {
  while true {
    let answer = body()
    if answer != -1 { return answer }
    let code = Errno(rawValue: errno)
    if code != .interrupted { throw SystemError(call: call, code: code, subject: subject()) }
  }
}

/// The same for calls that return the error itself, as those of POSIX threads do.
func checked(
  _ call: SystemCall, _ subject: @autoclosure () -> String = "", code: Int32
) throws(SystemError) {
  if code != 0 { throw SystemError(call: call, code: Errno(rawValue: code), subject: subject()) }
}

extension Sequence {
  /// Calls `body` for each element, even if it failed for an earlier one.
  ///
  /// - Throws: the first failure, after all elements.
  func attemptEach(_ body: (Element) throws(SystemError) -> Void) throws(SystemError) {
    var failure: SystemError?
    for element in self {
      do throws(SystemError) {
        try body(element)
      } catch {
        failure = failure ?? error
      }
    }
    if let failure { throw failure }
  }
}
