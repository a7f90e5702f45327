// SPDX-License-Identifier: MIT
import Glibc
import Testing

@testable import LinuxIO

@Suite struct ServiceNotifierTests {
  /// An abstract name, so that nothing is left on the disk.
  @Test func sendsOneDatagramForEachMessage() throws {
    let name = "@aes67-test-\(getpid())"
    let receiver = FileDescriptor(owning: socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0))
    let address = try #require(UnixAddress(name))
    let bound = unsafe address.withPointer { unsafe bind(receiver.number, $0, $1) }
    #expect(bound == 0)

    let notifier = ServiceNotifier(path: name)
    notifier.ready(status: "Running")
    notifier.reloaded()
    notifier.stopping()
    var buffer = [UInt8](repeating: 0, count: 100)
    for expected in ["READY=1\nSTATUS=Running", "READY=1", "STOPPING=1\nSTATUS=Stopping"] {
      let count = unsafe recv(receiver.number, &buffer, 100, Int32(MSG_DONTWAIT))
      #expect(String(decoding: buffer.prefix(max(0, count)), as: UTF8.self) == expected)
    }
  }

  @Test func nobodyListeningIsNoFault() {
    ServiceNotifier(path: "/nonexistent/notify").ready(status: "Running")
  }
}
