// SPDX-License-Identifier: MIT
internal import Glibc

internal import struct SystemPackage.Errno

/// A program that runs beside this one, in a process group of its own, with the default signal handling.
///
/// It reads a text on its standard input. Its standard output is discarded, and its standard error is ours.
public struct ChildProgram: ~Copyable, Sendable {
  /// The way in which a program ended.
  public enum End: Equatable, Sendable {
    case exited(Int32)
    case killed(signal: Int32)
  }

  /// The size of a pipe's buffer, which can be filled without a reader (pipe(7)).
  public static let maximumInputBytes = 65_536

  private let number: pid_t
  private var hasEnded = false

  /// Starts the program at `path`.
  ///
  /// - Throws: the kernel's refusal, for example because there is no such program.
  public init(path: String, input: String) throws(SystemError) {
    let bytes = Array(input.utf8.prefix(Self.maximumInputBytes))
    var ends: [Int32] = [-1, -1]
    try kernel(.pipe) { unsafe pipe(&ends) }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    let reading = FileDescriptor(owning: ends[0])
    do {
      let writing = FileDescriptor(owning: ends[1])
      // All of it fits into the pipe, so that this does not wait.
      try kernel(.write, path) { unsafe Int32(write(writing.number, bytes, bytes.count)) }
    }
    number = try Self.spawn(path, standardInput: reading.number)
  }

  private static func spawn(_ path: String, standardInput: Int32) throws(SystemError) -> pid_t {
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    unsafe posix_spawn_file_actions_adddup2(&actions, standardInput, STDIN_FILENO)
    unsafe posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0)
    var attributes = posix_spawnattr_t()
    unsafe posix_spawnattr_init(&attributes)
    defer { unsafe posix_spawnattr_destroy(&attributes) }
    // The program does not inherit this process's ignored and blocked signals.
    var all = sigset_t()
    var none = sigset_t()
    unsafe sigfillset(&all)
    unsafe sigemptyset(&none)
    unsafe posix_spawnattr_setsigdefault(&attributes, &all)
    unsafe posix_spawnattr_setsigmask(&attributes, &none)
    unsafe posix_spawnattr_setpgroup(&attributes, 0)
    let flags = POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP
    unsafe posix_spawnattr_setflags(&attributes, Int16(flags))
    var number: pid_t = 0
    let name = unsafe strdup(path)
    defer { unsafe free(name) }
    var words: [UnsafeMutablePointer<CChar>?] = unsafe [name, nil]
    let result = unsafe posix_spawn(&number, path, &actions, &attributes, &words, environ)
    guard result == 0 else {
      throw SystemError(call: .spawn, code: Errno(rawValue: result), subject: path)
    }
    return number
  }

  /// The way in which it ended; nil while it runs. Once it has ended, this is returned once.
  public mutating func end() -> End? {
    guard !hasEnded else { return nil }
    var status: Int32 = 0
    guard unsafe waitpid(number, &status, WNOHANG) == number else { return nil }
    hasEnded = true
    return Self.end(status)
  }

  /// Ends it at once, with all programs that it started.
  public mutating func kill() {
    guard !hasEnded else { return }
    _ = Glibc.kill(-number, SIGKILL)
    var status: Int32 = 0
    while unsafe waitpid(number, &status, 0) < 0, errno == EINTR {}
    hasEnded = true
  }

  private static func end(_ status: Int32) -> End {
    let signal = status & 0x7F
    return signal == 0 ? .exited(status >> 8 & 0xFF) : .killed(signal: signal)
  }
}
