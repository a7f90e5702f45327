// SPDX-License-Identifier: MIT
import LinuxIO
import Testing

import struct SystemPackage.Errno

@testable import ControlClient

@Suite("Why the daemon did not do what was asked")
struct ControlFailureTests {
  @Test(
    "Each error of the socket is told by what it means",
    arguments: [
      (Errno.noSuchFileOrDirectory, ControlFailure.noDaemon(socket: "s")),
      (.connectionRefused, .noDaemon(socket: "s")),
      (.notPermitted, .notPermitted(socket: "s")),
      (.permissionDenied, .notPermitted(socket: "s")),
      (.timedOut, .timedOut(socket: "s")),
      (
        .fileNameTooLong, .system(SystemError(call: .connect, code: .fileNameTooLong, subject: "s"))
      ),
    ])
  func meanings(code: Errno, expected: ControlFailure) {
    let error = SystemError(call: .connect, code: code, subject: "s")
    #expect(ControlFailure(error, socket: "s") == expected)
  }

  @Test("No daemon at a path where there is none")
  func noDaemon() {
    let client = ControlClient(socket: "/nonexistent/control.sock")
    #expect(throws: ControlFailure.noDaemon(socket: "/nonexistent/control.sock")) {
      try client.get("/v1/status")
    }
  }
}
