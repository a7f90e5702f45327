// SPDX-License-Identifier: MIT
import CAllocationProbe
import Glibc
import LinuxIO
import Testing

/// Enters the alternate screen, and raises a signal while use of the heap is forbidden.
private func interruptScreen(_ signal: Int32) {
  // The threads that run tests block signals.
  var signals = sigset_t()
  unsafe sigemptyset(&signals)
  unsafe sigaddset(&signals, signal)
  unsafe pthread_sigmask(SIG_UNBLOCK, &signals, nil)
  Terminal.enterScreen()
  allocation_probe_forbid()
  raise(signal)
}

@Suite("The terminal's screen")
struct TerminalTests {
  private static let entering = "\u{1B}[?1049h\u{1B}[?25l\u{1B}[2J"
  private static let leaving = "\u{1B}[?25h\u{1B}[?1049l"

  /// The interrupted code may have locked the heap, so that the signal handler must not use it.
  @Test(
    "A signal restores the screen without using the heap, and ends the program",
    .enabled(if: allocation_probe_active() == 1))
  func signals() async throws {
    let results = [
      (
        SIGINT,
        await #expect(processExitsWith: .exitCode(130), observing: [\.standardOutputContent]) {
          interruptScreen(SIGINT)
        }
      ),
      (
        SIGTERM,
        await #expect(processExitsWith: .exitCode(143), observing: [\.standardOutputContent]) {
          interruptScreen(SIGTERM)
        }
      ),
      (
        SIGHUP,
        await #expect(processExitsWith: .exitCode(129), observing: [\.standardOutputContent]) {
          interruptScreen(SIGHUP)
        }
      ),
    ]
    for (signal, result) in results {
      let output = String(decoding: try #require(result).standardOutputContent, as: UTF8.self)
      #expect(output.hasSuffix(Self.entering + Self.leaving), "signal \(signal)")
    }
  }

  @Test(
    "The probe ends a program that uses the heap while this is forbidden",
    .enabled(if: allocation_probe_active() == 1))
  func probe() async {
    await #expect(processExitsWith: .signal(SIGABRT)) {
      allocation_probe_forbid()
      unsafe free(malloc(1))
    }
  }

  @Test("Leaving a screen that no longer exists does not change errno")
  func errorNumber() async {
    await #expect(processExitsWith: .exitCode(EDOM)) {
      _ = close(STDOUT_FILENO)
      errno = EDOM
      Terminal.leaveScreen()
      _exit(errno)
    }
  }
}
