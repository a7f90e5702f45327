// SPDX-License-Identifier: MIT
internal import Glibc

/// Variables that this process was started with.
public enum Environment {
  /// Nil where it is not set.
  public static func variable(_ name: String) -> String? {
    unsafe getenv(name).map { unsafe String(cString: $0) }
  }
}
