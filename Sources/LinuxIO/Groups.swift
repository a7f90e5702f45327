// SPDX-License-Identifier: MIT
internal import Glibc
internal import Notation

internal import struct SystemPackage.Errno

/// The groups of this host.
public enum Groups {
  /// The number of a group, by its name or its number.
  ///
  /// - Throws: `ENOENT` of `getgrnam` if there is no such group.
  static func identifier(of name: String) throws(SystemError) -> gid_t {
    if let number = gid_t(decimal: name) { return number }
    var entry = unsafe group()
    var result: UnsafeMutablePointer<group>? = nil
    var buffer = [CChar](repeating: 0, count: 64 * 1024)
    let code = unsafe getgrnam_r(name, &entry, &buffer, buffer.count, &result)
    guard code == 0, unsafe result != nil else {
      throw SystemError(
        call: .groupByName, code: code == 0 ? .noSuchFileOrDirectory : Errno(rawValue: code),
        subject: name)
    }
    return unsafe entry.gr_gid
  }
}
