// SPDX-License-Identifier: MIT
internal import Glibc

/// Other programs of this host.
public enum Programs {
  /// The number of this process, as others see it.
  public static var identity: Int32 { getpid() }

  /// Becomes another program, found in the PATH, with these words; returns only when that fails.
  public static func become(_ name: String, _ words: [String]) throws(SystemError) {
    var arguments: [UnsafeMutablePointer<CChar>?] = unsafe ([name] + words).map {
      unsafe strdup($0)
    }
    unsafe arguments.append(nil)
    defer { for index in unsafe arguments.indices { unsafe free(arguments[index]) } }
    try kernel(.execute, name) { unsafe execvp(name, arguments) }
  }
}
