// SPDX-License-Identifier: MIT
import Addressing
import LinuxIO
import MediaClock
import Testing

/// True if this process may open PTP sockets: ports below 1024 and binding to an interface need privileges.
private let mayOpen: Bool = {
  guard let loopback = try? NetworkInterfaces.list().first(where: { $0.isLoopback }) else {
    return false
  }
  do throws(SystemError) {
    _ = try PTPSocket(
      interface: loopback, port: PTPSocket.generalPort, dscp: 46, stamps: false)
    return true
  } catch {
    return false
  }
}()

@Suite("PTPSocket, on the loopback interface", .enabled(if: mayOpen), .serialized)
struct PTPSocketTests {
  private func open(port: UInt16, stamps: Bool = true) throws -> PTPSocket {
    let loopback = try #require(try NetworkInterfaces.list().first { $0.isLoopback })
    return try PTPSocket(interface: loopback, port: port, dscp: 46, stamps: stamps)
  }

  /// Receives one message, waiting up to a second.
  private func receive(
    _ socket: borrowing PTPSocket, into bytes: inout [UInt8]
  ) throws -> PTPSocket.Received? {
    for _ in 0..<1_000 {
      var span = bytes.mutableSpan
      var buffer = unsafe span.mutableBytes
      if let received = try socket.receive(into: &buffer) { return received }
      MonotonicClock.sleep(until: MonotonicClock.now + .milliseconds(1))
    }
    return nil
  }

  private func departure(_ socket: borrowing PTPSocket) throws -> PTPSocket.Departure? {
    for _ in 0..<1_000 {
      if let departure = try socket.departure() { return departure }
      MonotonicClock.sleep(until: MonotonicClock.now + .milliseconds(1))
    }
    return nil
  }

  @Test(
    "Messages have stamps on CLOCK_MONOTONIC, and departures are numbered from 0 (TS-01, TS-02)")
  func stamps() throws {
    let socket = try open(port: PTPSocket.eventPort)
    var buffer = [UInt8](repeating: 0, count: 256)
    var stamped = 0
    // The kernel begins to stamp shortly after stamps were enabled: the first arrivals may have none.
    for number in 0..<1_000 as Range<UInt32> where stamped < 5 {
      let message: [UInt8] = [0x00, 0x02, UInt8(number & 255)] + [UInt8](repeating: 7, count: 41)
      let before = MonotonicClock.now
      let span = unsafe message.span.bytes
      try socket.send(span, to: .loopback, port: PTPSocket.eventPort)
      let received = try #require(try receive(socket, into: &buffer))
      let sent = try #require(try departure(socket))
      let after = MonotonicClock.now
      #expect(received.count == 44 && received.source == .loopback)
      #expect(Array(buffer[..<44]) == message)
      #expect(sent.number == number)
      guard let arrived = received.at else {
        MonotonicClock.sleep(until: after + .milliseconds(1))
        continue
      }
      stamped += 1
      // The two clocks are not read at the same instant: the tolerance is half a millisecond.
      let slack = Interval.microseconds(500)
      #expect(sent.at + slack > before && arrived + slack > sent.at && after + slack > arrived)
    }
    #expect(stamped == 5)
    #expect(try socket.departure() == nil)
  }

  @Test("Departures are numbered from 0 again after a restart of the stamps (TS-04)")
  func restarts() throws {
    let socket = try open(port: PTPSocket.eventPort)
    let message = [UInt8](repeating: 7, count: 44)
    func send() throws -> UInt32? {
      let span = unsafe message.span.bytes
      try socket.send(span, to: .loopback, port: PTPSocket.eventPort)
      return try departure(socket)?.number
    }
    #expect(try send() == 0)
    #expect(try send() == 1)
    socket.restartStamps()
    #expect(try send() == 0)
    #expect(try send() == 1)
  }

  @Test("The general socket needs no stamps")
  func general() throws {
    let socket = try open(port: PTPSocket.generalPort, stamps: false)
    var buffer = [UInt8](repeating: 0, count: 256)
    let message: [UInt8] = [0x0B, 0x02]
    let span = unsafe message.span.bytes
    try socket.send(span, to: .loopback, port: PTPSocket.generalPort)
    let received = try #require(try receive(socket, into: &buffer))
    #expect(received.count == 2 && received.source == .loopback && received.at == nil)
    #expect(try socket.departure() == nil)
  }

  @Test("A missing interface is an error that names the interface")
  func missing() throws {
    let gone = NetworkInterface(
      name: "gone0", index: 9_999, isUp: true, isRunning: true, isLoopback: false,
      isMulticast: true, addresses: [])
    do throws(SystemError) {
      _ = try PTPSocket(interface: gone, port: PTPSocket.eventPort, dscp: 46, stamps: true)
      Issue.record("opened")
    } catch {
      #expect("\(error)" == "SO_BINDTODEVICE PTP port 319 on gone0: No such device")
    }
  }
}
