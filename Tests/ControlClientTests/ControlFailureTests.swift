// SPDX-License-Identifier: MIT
import LinuxIO
import Testing

import struct SystemPackage.Errno

@testable import ControlClient

@Suite("ControlFailure: why a request to the daemon failed")
struct ControlFailureTests {
  @Test(
    "Each error of the socket becomes the failure that it stands for",
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

  @Test(
    "The hint names the instance's unit (trial, small ones)",
    arguments: [
      ("/run/aes67/control.sock", "aes67d`"), ("/run/aes67-nope/control.sock", "aes67d@nope`"),
      ("/run/aes67-a-b/control.sock", "aes67d@a-b`"), ("/tmp/aes67-x/y/control.sock", "aes67d`"),
      ("s", "aes67d`"),
    ])
  func instances(socket: String, unit: String) {
    #expect(ControlFailure.noDaemon(socket: socket).hint.contains("systemctl start \(unit)"))
    #expect(ControlFailure.timedOut(socket: socket).hint.contains("journalctl -u \(unit)"))
  }

  @Test("A path without a socket is reported as a missing daemon")
  func noDaemon() {
    let client = ControlClient(socket: "/nonexistent/control.sock")
    #expect(throws: ControlFailure.noDaemon(socket: "/nonexistent/control.sock")) {
      try client.get("/v1/status")
    }
  }
}
