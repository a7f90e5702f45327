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

/// The control socket, in a temporary directory.
@Suite struct ControlServiceTests {
  private func isSocket(_ path: String) -> Bool {
    var status = stat()
    return unsafe stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFSOCK
  }

  /// A directory at the path of the control socket prevents the socket. The service opens the socket once the
  /// directory is removed, and logs the failure once.
  @Test func opensTheSocketOnceItsPathIsFree() async throws {
    var template = Array("/tmp/aes67-control-XXXXXX".utf8CString)
    let directory = unsafe String(cString: mkdtemp(&template))
    let path = directory + "/control.sock"
    try Files.makeDirectory(path)
    var settings = Configuration.Control()
    settings.socketGroup = "\(getgid())"
    settings.port = nil
    let (unused, lines) = (UnusedDaemon(), LogLines())
    let quiet = Logger(label: "test") { _ in LogLines() }
    let service = ControlService(
      directory: directory, settings: settings,
      context: ControlContext(
        status: unused, streams: unused, configuration: unused, presets: unused,
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
