// SPDX-License-Identifier: MIT
internal import Glibc

/// Other programs of this host.
public enum Programs {
  /// The process id of this process.
  public static var identity: Int32 { getpid() }

  /// The output of a program that is in the PATH or among the administration programs; nil if there is none, or
  /// if it fails.
  ///
  /// - Parameter words: the program and its arguments, none of them from outside this program.
  public static func output(of words: [String]) -> String? {
    let quoted = words.map { "'\($0)'" }.joined(separator: " ")
    let line = "PATH=\"$PATH:/usr/sbin:/sbin\" \(quoted) 2>/dev/null"
    guard let stream = unsafe popen(line, "re") else { return nil }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = unsafe fread(&buffer, 1, buffer.count, stream)
      guard count > 0 else { break }
      bytes += buffer.prefix(count)
    }
    guard unsafe pclose(stream) == 0 else { return nil }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Replaces this process by another program in the PATH, with these arguments; returns only if that fails.
  public static func become(_ name: String, _ words: [String]) throws(SystemError) {
    var arguments: [UnsafeMutablePointer<CChar>?] = unsafe ([name] + words).map {
      unsafe strdup($0)
    }
    unsafe arguments.append(nil)
    defer { for index in unsafe arguments.indices { unsafe free(arguments[index]) } }
    try kernel(.execute, name) { unsafe execvp(name, arguments) }
  }
}
