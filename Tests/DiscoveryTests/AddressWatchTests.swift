// SPDX-License-Identifier: MIT
import Addressing
import DaemonConfiguration
import Glibc
import LinuxIO
import MediaClock
import Testing

@testable import Discovery

/// Detection of other senders to the groups of this host (NET-03), on the loopback interface.
@Suite(.serialized) struct AddressWatchTests {
  private static let id = StreamID(1)

  private let port: UInt16
  private let senders: [(id: StreamID, configuration: SenderConfiguration)]
  private let loopback: NetworkInterface

  init() throws {
    loopback = try #require(try NetworkInterfaces.list().first { $0.isLoopback })
    var sender = SenderConfiguration()
    sender.address = IPv4Address(bits: 0xEF45_4F01)
    // A port that no program uses.
    port = try Self.bind(Self.socket(), to: 0)
    sender.port = port
    senders = [(Self.id, sender)]
  }

  /// Sends a packet to the group from another socket, and returns the sources that the watch then reports.
  private func heard(_ watch: inout AddressWatch) throws -> [IPv4Address] {
    let socket = try SenderSocket(
      interface: loopback, source: .loopback, ttl: 1, dscp: 0, loopback: false)
    let batch = try PacketBatch()
    batch.address(0, to: senders[0].configuration.address.bits, port: port, length: 1)
    #expect(batch.send(on: socket.file.number, from: 0, count: 1) == 1)
    return watch.listen(own: [], at: MonotonicClock.now).map(\.intruder)
  }

  private static func socket() -> FileDescriptor {
    FileDescriptor(owning: Glibc.socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0))
  }

  /// Binds a socket exclusively to `port`, or to a free port for 0. Returns the port.
  private static func bind(_ socket: borrowing FileDescriptor, to port: UInt16) throws -> UInt16 {
    let number = socket.number
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let answer = unsafe withUnsafeMutablePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe Glibc.bind(number, $0, length) | getsockname(number, $0, &length)
      }
    }
    try #require(answer == 0)
    return UInt16(bigEndian: address.sin_port)
  }

  /// Packets on an interface that the watch no longer follows are not reported.
  @Test func followsAChangeOfTheInterface() throws {
    let other = NetworkInterface(
      name: "absent", index: 0x7FFF_FFF0, isUp: true, isRunning: true, isLoopback: false,
      isMulticast: true, addresses: [])
    var watch = AddressWatch()
    for _ in 0..<2 {
      watch.follow(senders, on: loopback)
      #expect(try heard(&watch) == [.loopback] && watch.intruder(on: Self.id) == .loopback)
      watch.follow(senders, on: other)
      #expect(try heard(&watch).isEmpty && watch.intruder(on: Self.id) == nil)
    }
  }

  @Test func aGroupWithoutSocketIsTriedAgain() throws {
    var watch = AddressWatch()
    do {
      // Another socket is bound to the port exclusively.
      let holder = Self.socket()
      #expect(try Self.bind(holder, to: port) == port)
      watch.follow(senders, on: loopback)
      #expect(try heard(&watch).isEmpty)
    }
    watch.follow(senders, on: loopback)
    #expect(try heard(&watch) == [.loopback])
  }
}
