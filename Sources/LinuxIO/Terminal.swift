// SPDX-License-Identifier: MIT
internal import CLinux
internal import Glibc

/// Standard output, where it is a screen that a program may draw on.
public enum Terminal {
  public static var isOutput: Bool { isatty(STDOUT_FILENO) == 1 }

  /// Returns true if somebody can be asked: standard input is a terminal, and so is standard error, which shows the
  /// question.
  public static var canAsk: Bool { isatty(STDIN_FILENO) == 1 && isatty(STDERR_FILENO) == 1 }

  /// Asks a question that `y` or `yes` answers; anything else is no.
  public static func confirms(_ question: String) -> Bool {
    StandardError.write("\(question) [y/N] ")
    return ["y", "yes"].contains(readLine()?.lowercased() ?? "")
  }

  /// False where the environment asks for none: `NO_COLOR` is set and not empty, or `TERM` is `dumb`.
  public static var showsColours: Bool {
    (Environment.variable("NO_COLOR") ?? "").isEmpty && Environment.variable("TERM") != "dumb"
  }

  /// In characters; 80 by 24 where nobody knows.
  public static var size: (columns: Int, rows: Int) {
    var columns: Int32 = 0
    var rows: Int32 = 0
    guard unsafe clinux_terminal_size(STDOUT_FILENO, &columns, &rows) == 0, columns > 0, rows > 0
    else { return (80, 24) }
    return (Int(columns), Int(rows))
  }

  /// Writes at once.
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

  /// The descriptor that keys are read from; nil if standard input is no terminal.
  public static var keyboard: Int32? { isatty(STDIN_FILENO) == 1 ? STDIN_FILENO : nil }

  /// The keys that wait to be read; nil if the terminal has gone.
  public static func readKeys() -> [Key]? {
    var bytes = [UInt8](repeating: 0, count: 256)
    let count = unsafe Glibc.read(STDIN_FILENO, &bytes, bytes.count)
    guard count > 0 else { return count < 0 && errno == EINTR ? [] : nil }
    return Key.keys(in: Array(bytes.prefix(count)))
  }

  /// Takes the whole screen, and gives it back however the program ends.
  public static func enterScreen() {
    clinux_leave_screen_on_signals()
    clinux_enter_screen(STDOUT_FILENO)
  }

  /// Gives the screen back. Allocates nothing and takes no lock.
  public static func leaveScreen() { clinux_leave_screen(STDOUT_FILENO) }
}

/// Ctrl-C, SIGTERM and a terminal that is closed as something to ask for, by programs that end in good order.
public enum Interruption {
  /// From now on none of them ends this program by itself.
  public static func watch() { clinux_watch_interruption() }

  /// True from the first of them on.
  public static var isRequested: Bool { clinux_is_interrupted() }
}
