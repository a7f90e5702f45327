// SPDX-License-Identifier: MIT
internal import CLinux
internal import Glibc

/// Standard output, if it is a screen on which a program may draw.
public enum Terminal {
  public static var isOutput: Bool { isatty(STDOUT_FILENO) == 1 }

  /// Returns true if the user can be asked: standard input is a terminal, and so is standard error, which shows
  /// the question.
  public static var canAsk: Bool { isatty(STDIN_FILENO) == 1 && isatty(STDERR_FILENO) == 1 }

  /// Asks a question. Returns true for `y` or `yes`, false for anything else.
  public static func confirms(_ question: String) -> Bool {
    StandardError.write("\(question) [y/N] ")
    return ["y", "yes"].contains(readLine()?.lowercased() ?? "")
  }

  /// Returns false if the environment disables colours: `NO_COLOR` is set and not empty, or `TERM` is `dumb`.
  public static var showsColours: Bool {
    (Environment.variable("NO_COLOR") ?? "").isEmpty && Environment.variable("TERM") != "dumb"
  }

  /// The size in characters; 80 by 24 if it is unknown.
  public static var size: (columns: Int, rows: Int) {
    var columns: Int32 = 0
    var rows: Int32 = 0
    guard unsafe clinux_terminal_size(STDOUT_FILENO, &columns, &rows) == 0, columns > 0, rows > 0
    else { return (80, 24) }
    return (Int(columns), Int(rows))
  }

  /// Writes at once, without a buffer.
  public static func write(_ text: String) {
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let count = unsafe bytes.withUnsafeBytes {
        unsafe Glibc.write(STDOUT_FILENO, $0.baseAddress, $0.count)
      }
      guard count > 0 else { return }
      bytes = bytes.dropFirst(count)
    }
  }

  /// The descriptor from which keys are read; nil if standard input is not a terminal.
  public static var keyboard: Int32? { isatty(STDIN_FILENO) == 1 ? STDIN_FILENO : nil }

  /// The keys that were pressed; nil if the terminal is gone.
  public static func readKeys() -> [Key]? {
    var bytes = [UInt8](repeating: 0, count: 256)
    let count = unsafe Glibc.read(STDIN_FILENO, &bytes, bytes.count)
    guard count > 0 else { return count < 0 && errno == EINTR ? [] : nil }
    return Key.keys(in: Array(bytes.prefix(count)))
  }

  /// Takes the whole screen, which is given back however the program ends.
  public static func enterScreen() {
    clinux_leave_screen_on_signals()
    clinux_enter_screen(STDOUT_FILENO)
  }

  /// Gives the screen back. Allocates nothing and takes no lock.
  public static func leaveScreen() { clinux_leave_screen(STDOUT_FILENO) }
}

/// Ctrl-C, SIGTERM and the closing of the terminal as a request, for programs that finish properly.
public enum Interruption {
  /// From now on none of these signals ends this program by itself.
  public static func watch() { clinux_watch_interruption() }

  /// True after the first of these signals.
  public static var isRequested: Bool { clinux_is_interrupted() }
}
