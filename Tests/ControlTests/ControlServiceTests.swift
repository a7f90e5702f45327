// SPDX-License-Identifier: MIT
import CapturedLog
import DaemonConfiguration
import EventLog
import Glibc
import LinuxIO
import Logging
import ServiceLifecycle
import Testing
import Turns

@testable import Control

/// The control socket, in a directory of the test's own.
@Suite struct ControlServiceTests {
  private func isSocket(_ path: String) -> Bool {
    var status = stat()
    return unsafe stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFSOCK
  }

  /// What has its name keeps it away only while that is there.
  @Test func isShownOnceItCanBe() async throws {
    var template = Array("/tmp/aes67-control-XXXXXX".utf8CString)
    let directory = unsafe String(cString: mkdtemp(&template))
    let path = directory + "/control.sock"
    try Files.makeDirectory(path)
    var settings = Configuration.Control()
    settings.socketGroup = "\(getgid())"
    settings.port = nil
    let (nobody, lines) = (Nobody(), LogLines())
    let quiet = Logger(label: "test") { _ in LogLines() }
    let service = ControlService(
      directory: directory, settings: settings,
      context: ControlContext(
        status: nobody, streams: nobody, configuration: nobody, presets: nobody,
        logLevel: LogLevel(.info)),
      log: Logger(label: "test") { _ in lines }, quietLog: quiet)
    let group = ServiceGroup(services: [service], logger: quiet)
    async let running: Void = group.run()
    #expect(try await wait { !lines.lines.isEmpty })
    Files.removeDirectory(path)
    #expect(try await wait { isSocket(path) })
    #expect(lines.lines.count == 1 && lines.lines[0].contains("cannot be opened"))
    await group.triggerGracefulShutdown()
    try await running
    #expect(try Files.names(in: directory).isEmpty)
    Files.removeDirectory(directory)
  }
}
