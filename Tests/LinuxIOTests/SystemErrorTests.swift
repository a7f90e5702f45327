// SPDX-License-Identifier: MIT
import Addressing
import LinuxIO
import Testing

import struct SystemPackage.Errno

@Suite("Errors of the kernel, on the loopback interface", .serialized)
struct SystemErrorTests {
  private static func failure(_ body: () throws(SystemError) -> Void) -> SystemError? {
    do throws(SystemError) {
      try body()
      return nil
    } catch {
      return error
    }
  }

  private static func open(_ address: IPv4Address, on interface: NetworkInterface) -> SystemError? {
    failure { () throws(SystemError) in
      _ = try ReceiverSocket(interface: interface, address: address, port: 25_377, source: nil)
    }
  }

  @Test("The error of a socket that cannot be opened names the step and the reason")
  func steps() throws {
    let loopback = try #require(try NetworkInterfaces.list().first { $0.isLoopback })
    let first = try ReceiverSocket(
      interface: loopback, address: .loopback, port: 25_377, source: nil)
    let taken = Self.open(.loopback, on: loopback)
    #expect(first.file.number >= 0)
    #expect(taken?.call == .bind && taken?.code == .addressInUse)
    #expect(taken?.description == "bind 127.0.0.1:25377 on lo: Address already in use")

    let foreign = Self.open(IPv4Address(bits: 0xC000_0201), on: loopback)  // 192.0.2.1
    #expect(foreign?.call == .bind && foreign?.code == .addressNotAvailable)

    let gone = NetworkInterface(
      name: "gone0", index: 9999, isUp: true, isRunning: true, isLoopback: false, isMulticast: true,
      addresses: [])
    let group = Self.open(IPv4Address(bits: 0xEFFF_4E01), on: gone)
    #expect(group?.call == .joinGroup && group?.code == .operationNotSupportedByDevice)
  }

  @Test("Errors of other calls have the name of the call and its error code")
  func files() {
    let missing = Self.failure { () throws(SystemError) in _ = try Files.read("/nonexistent") }
    #expect(
      missing == SystemError(call: .open, code: .noSuchFileOrDirectory, subject: "/nonexistent"))
    let directory = Self.failure { () throws(SystemError) in _ = try Files.read("/") }
    #expect(directory?.call == .read && directory?.code == .isDirectory)
    #expect(
      SystemError(call: .memoryCreate, code: .noMemory).description
        == "memfd_create: Cannot allocate memory")
  }
}
