// SPDX-License-Identifier: MIT
import Glibc
import Testing

@testable import LinuxIO

@Suite struct ServiceNotifierTests {
  /// The socket has an abstract name, so that no file remains.
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

  /// All messages are sent from the socket that was opened at the start. No message needs a new descriptor,
  /// which might not be available; without messages systemd ends the daemon.
  @Test func everyMessageComesFromOneSocket() throws {
    let names = ["systemd", "daemon"].map { "@aes67-test-\($0)-\(getpid())" }
    let receiver = FileDescriptor(owning: socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0))
    let notifier = ServiceNotifier(path: names[0])
    let sender = try #require(notifier.socket)
    for (number, name) in zip([receiver.number, sender.value.number], names) {
      let address = try #require(UnixAddress(name))
      #expect(unsafe address.withPointer { unsafe bind(number, $0, $1) } == 0)
    }
    for _ in 0..<3 { notifier.alive() }
    for _ in 0..<3 {
      var byte: UInt8 = 0
      var from = sockaddr_un()
      var length = socklen_t(MemoryLayout<sockaddr_un>.size)
      let count = unsafe withUnsafeMutablePointer(to: &from) { pointer in
        unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          unsafe recvfrom(receiver.number, &byte, 1, Int32(MSG_DONTWAIT), $0, &length)
        }
      }
      #expect(count == 1 && UnixAddress(from, length: length).path == names[1])
    }
  }

  @Test func aMissingSocketIsIgnored() {
    ServiceNotifier(path: "/nonexistent/notify").ready(status: "Running")
  }
}
