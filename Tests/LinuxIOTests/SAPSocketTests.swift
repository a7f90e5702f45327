// SPDX-License-Identifier: MIT
import Addressing
import Testing

import struct SystemPackage.Errno

@testable import LinuxIO

@Suite("Announcement sockets, on the loopback interface", .serialized)
struct SAPSocketTests {
  // Below the range of ports that the kernel assigns.
  private static let port: UInt16 = 25_875
  /// An address to which sending fails: EACCES without SO_BROADCAST.
  private static let failing = IPv4Address(bits: 0xFFFF_FFFF)

  /// Returns `count` groups that no other test uses.
  private static func groups(_ count: Int) -> [IPv4Address] {
    (0..<count).map { IPv4Address(bits: 0xEFFF_4D00 + UInt32($0)) }
  }

  private func socket(_ groups: [IPv4Address]) throws -> SAPSocket {
    let loopback = try #require(try NetworkInterfaces.list().first { $0.isLoopback })
    return try SAPSocket(
      interface: loopback, source: .loopback, loopback: true, groups: groups, port: Self.port)
  }

  private func receiveAll(_ socket: borrowing SAPSocket) -> [[UInt8]] {
    var buffer = [UInt8](repeating: 0, count: 64)
    var received: [[UInt8]] = []
    while let packet = socket.receive(into: &buffer) {
      received.append(Array(buffer.prefix(packet.count)))
    }
    return received
  }

  private func send(_ byte: UInt8, times: Int, to group: IPv4Address) throws {
    let other = try socket([group])
    for _ in 0..<times { try other.send([byte]) }
  }

  @Test(
    "Every group receives an announcement, even if sending to another one fails", arguments: 1...4)
  func failures(count: Int) throws {
    let good = Self.groups(count)
    for place in 0...count {
      var groups = good
      groups.insert(Self.failing, at: place)
      let sender = try socket(groups)
      let listener = try socket(good)
      #expect(throws: SystemError.self) { try sender.send([7]) }
      let received = receiveAll(listener)
      #expect(
        received == [[UInt8]](repeating: [7], count: count), "the failing one is number \(place)")
    }
  }

  @Test("A flood on one group does not delay packets of other groups", arguments: 2...4)
  func fairness(count: Int) throws {
    let groups = Self.groups(count)
    for flooded in 0..<count {
      let listener = try socket(groups)
      for group in groups.indices where group != flooded {
        try send(UInt8(group), times: 1, to: groups[group])
      }
      try send(0xFF, times: 64, to: groups[flooded])
      var buffer = [UInt8](repeating: 0, count: 64)
      var first: Set<UInt8> = []
      for _ in 0..<count {
        let packet = listener.receive(into: &buffer)
        #expect(packet != nil)
        first.insert(buffer[0])
      }
      #expect(first.count == count, "the flooded one is number \(flooded)")
      let rest = receiveAll(listener)
      #expect(rest == [[UInt8]](repeating: [0xFF], count: 63))
    }
  }

  @Test("All elements are tried although some fail, and the first failure is thrown")
  func attempts() {
    for failing in 0..<16 {
      var tried: [Int] = []
      var failure: SystemError?
      do throws(SystemError) {
        try (0..<4).attemptEach { (element) throws(SystemError) in
          tried.append(element)
          if failing >> element & 1 == 1 {
            throw SystemError(call: .send, code: Errno(rawValue: Int32(element) + 1))
          }
        }
      } catch {
        failure = error
      }
      #expect(tried == [0, 1, 2, 3])
      let expected = failing == 0 ? nil : Int32(failing.trailingZeroBitCount) + 1
      #expect(failure?.code.rawValue == expected)
    }
  }
}
