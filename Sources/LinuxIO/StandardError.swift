// SPDX-License-Identifier: MIT
internal import Glibc

/// The destination of log lines.
public enum StandardError {
  /// True if systemd's journal reads it: the environment names the file that is open there.
  public static let isJournal: Bool = {
    guard let value = unsafe getenv("JOURNAL_STREAM") else { return false }
    let parts = unsafe String(cString: value).split(separator: ":").map { UInt64($0) }
    var status = stat()
    guard parts.count == 2, unsafe fstat(STDERR_FILENO, &status) == 0 else { return false }
    return parts[0] == UInt64(status.st_dev) && parts[1] == UInt64(status.st_ino)
  }()

  /// Writes in one call, so that lines of several threads do not mix.
  public static func write(_ text: String) {
    let bytes = Array(text.utf8)
    _ = unsafe Glibc.write(STDERR_FILENO, bytes, bytes.count)
  }
}

/// The time of day of this host, in words.
public enum TimeOfDay {
  /// The time, such as `17:45:01.123`.
  public static var text: String {
    var now = timespec()
    unsafe clock_gettime(CLOCK_REALTIME, &now)
    return text(of: Int64(now.tv_sec) * 1000 + Int64(now.tv_nsec / 1_000_000))
  }

  /// The time of an instant in milliseconds of Unix time.
  public static func text(of unixMilliseconds: Int64) -> String {
    var seconds = time_t(unixMilliseconds / 1000)
    var local = unsafe tm()
    unsafe localtime_r(&seconds, &local)
    func digits(_ value: Int, _ count: Int) -> String {
      let text = String(value)
      return String(repeating: "0", count: max(0, count - text.count)) + text
    }
    let time = unsafe [local.tm_hour, local.tm_min, local.tm_sec].map { digits(Int($0), 2) }
    return time.joined(separator: ":") + "." + digits(Int(unixMilliseconds % 1000), 3)
  }
}
