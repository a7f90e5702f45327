// SPDX-License-Identifier: MIT
import Addressing
import LinuxIO
import MediaClock
import Testing

/// Sends packets of one byte through the sockets under test, on the loopback interface.
private final class Wire {
  static let group = IPv4Address("239.69.77.1") ?? .any
  static let otherGroup = IPv4Address("239.69.77.2") ?? .any
  static let neighbour = IPv4Address("127.0.0.2") ?? .any

  let interface: NetworkInterface
  private let batch: PacketBatch

  init() throws {
    interface = try #require(try NetworkInterfaces.list().first { $0.isLoopback })
    batch = try PacketBatch()
  }

  func receiver(
    _ address: IPv4Address, _ port: UInt16, source: IPv4Address? = nil
  ) throws -> ReceiverSocket {
    try ReceiverSocket(interface: interface, address: address, port: port, source: source)
  }

  func send(
    _ byte: UInt8, to address: IPv4Address, _ port: UInt16, from source: IPv4Address = .loopback
  ) throws {
    let socket = try SenderSocket(
      interface: interface, source: source, ttl: 1, dscp: 34, loopback: false)
    unsafe batch.packet(0)[0] = byte
    batch.address(0, to: address.bits, port: port, length: 1)
    let sent = batch.send(on: socket.file.number, from: 0, count: 1)
    #expect(sent == 1)
  }

  /// Sends through a connected socket. Returns the number of packets sent, or a negative errno.
  func send(_ byte: UInt8, through socket: borrowing SenderSocket) -> Int {
    unsafe batch.packet(0)[0] = byte
    batch.connect(0, length: 1)
    return batch.send(on: socket.file.number, from: 0, count: 1)
  }

  /// The bytes of the packets that wait on the socket: the loopback interface delivers before a send returns.
  func heard(_ socket: borrowing ReceiverSocket) -> [UInt8] {
    (0..<max(0, batch.receive(on: socket.file.number))).map { unsafe batch.received($0)[0] }
  }
}

@Suite("Stream sockets, on the loopback interface", .serialized)
struct StreamSocketsTests {
  @Test("No stream receives another's packets: other group, other port, unicast (NET-10)")
  func isolation() throws {
    let wire = try Wire()
    let one = try wire.receiver(Wire.group, 25_004)
    let otherPort = try wire.receiver(Wire.group, 25_006)
    let otherGroup = try wire.receiver(Wire.otherGroup, 25_004)
    let unicast = try wire.receiver(.loopback, 25_004)
    try wire.send(1, to: Wire.group, 25_004)
    try wire.send(2, to: Wire.group, 25_006)
    try wire.send(3, to: Wire.otherGroup, 25_004)
    try wire.send(4, to: .loopback, 25_004)
    let heard = [
      wire.heard(one), wire.heard(otherPort), wire.heard(otherGroup), wire.heard(unicast),
    ]
    #expect(heard == [[1], [2], [3], [4]])
  }

  @Test("A watch of a group reports the present sender after a flood of earlier packets (NET-03)")
  func watch() throws {
    let wire = try Wire()
    let watch = try SourceWatch(interface: wire.interface, group: Wire.group, port: 25_004)
    for byte in 0..<200 {
      try wire.send(UInt8(byte), to: Wire.group, 25_004, from: Wire.neighbour)
    }
    var heard = 0
    while let source = watch.nextSource() {
      #expect(source == Wire.neighbour)
      heard += 1
    }
    #expect((1..<SourceWatch.maximumWaiting).contains(heard))
    try wire.send(1, to: Wire.group, 25_004)
    #expect(watch.nextSource() == .loopback && watch.nextSource() == nil)
  }

  @Test("A source filter excludes other sources, also beside a socket without a filter")
  func sourceFilter() throws {
    let wire = try Wire()
    let all = try wire.receiver(Wire.group, 25_004)
    let only = try wire.receiver(Wire.group, 25_004, source: .loopback)
    try wire.send(1, to: Wire.group, 25_004, from: .loopback)
    try wire.send(2, to: Wire.group, 25_004, from: Wire.neighbour)
    let heard = [wire.heard(all), wire.heard(only)]
    #expect(heard == [[1, 2], [1]])
  }

  @Test("A group that is left and joined again is received as before (NET-09)")
  func rejoin() throws {
    let wire = try Wire()
    for source in [nil, IPv4Address.loopback] {
      let socket = try wire.receiver(Wire.group, 25_004, source: source)
      for _ in 0..<30 { try socket.rejoin() }
      try wire.send(5, to: Wire.group, 25_004)
      let heard = wire.heard(socket)
      #expect(heard == [5])
    }
    try wire.receiver(.loopback, 25_004).rejoin()
  }

  @Test("More receivers than the number of groups that one socket may join (NET-11)")
  func manyGroups() throws {
    let wire = try Wire()
    let sockets = try (1...40).map { number in
      Box(try wire.receiver(IPv4Address(bits: 0xEF45_4E00 + UInt32(number)), 25_004))
    }
    for number in 1...40 as ClosedRange<UInt32> {
      try wire.send(UInt8(number), to: IPv4Address(bits: 0xEF45_4E00 + number), 25_004)
    }
    #expect(sockets.map { wire.heard($0.socket) } == (1...40).map { [$0] })
  }

  @Test("A refusal by a closed port is reported to its own sender, and to no other (SND-04)")
  func refusal() throws {
    let wire = try Wire()
    let open = try wire.receiver(.loopback, 25_004)
    let toOpen = try SenderSocket(
      interface: wire.interface, source: .loopback, to: (.loopback, 25_004), ttl: 1, dscp: 34,
      loopback: false)
    let toClosed = try SenderSocket(
      interface: wire.interface, source: .loopback, to: (.loopback, 25_009), ttl: 1, dscp: 34,
      loopback: false)
    let first = [wire.send(1, through: toClosed), wire.send(2, through: toOpen)]
    let said = [toClosed.nextProblem(), toClosed.nextProblem(), toOpen.nextProblem()]
    #expect(first == [1, 1])
    #expect(said == [.refused, nil, nil])
    // The error was taken from the queue, so that the next packet can be sent.
    let second = [wire.send(3, through: toOpen), wire.send(4, through: toClosed)]
    let heard = wire.heard(open)
    #expect(second == [1, 1])
    #expect(heard == [2, 3])
  }

  @Test("A wait for errors alone is not ended by packets")
  func waiting() throws {
    let wire = try Wire()
    let receiver = try wire.receiver(.loopback, 25_004)
    try wire.send(1, to: .loopback, 25_004)
    var set = WaitSet()
    let errors = set.addForErrors(receiver.file.number)
    set.wait(milliseconds: 0)
    #expect(!set.isReady(errors))
    set.removeAll()
    let packets = set.add(receiver.file.number)
    set.wait(milliseconds: 0)
    #expect(set.isReady(packets))
  }
}

/// A box for a socket, so that an array can hold it.
private final class Box {
  let socket: ReceiverSocket
  init(_ socket: consuming ReceiverSocket) { self.socket = socket }
}

@Suite("RTCP sockets, on the loopback interface", .serialized)
struct RTCPSocketTests {
  private static func open(_ destination: IPv4Address, port: UInt16) throws -> RTCPSocket {
    let interface = try #require(try NetworkInterfaces.list().first { $0.isLoopback })
    return try RTCPSocket(
      interface: interface, source: .loopback, destination: destination, port: port, ttl: 1,
      dscp: 34, loopback: true)
  }

  private static func send(_ bytes: [UInt8], through socket: borrowing RTCPSocket) throws {
    try socket.send(unsafe bytes.span.bytes)
  }

  private static func receive(_ socket: borrowing RTCPSocket) -> [UInt8]? {
    var buffer = [UInt8](repeating: 0, count: 64)
    var span = buffer.mutableSpan
    var bytes = unsafe span.mutableBytes
    guard let count = socket.receive(into: &bytes) else { return nil }
    return Array(buffer[..<count])
  }

  @Test("Members of a group receive each other's packets, also after joining again (RTP-07)")
  func group() throws {
    let one = try Self.open(Wire.group, port: 25_005)
    let other = try Self.open(Wire.group, port: 25_005)
    try Self.send([1, 2, 3], through: one)
    let first = [Self.receive(other), Self.receive(other)]
    try other.rejoin()
    try Self.send([4], through: one)
    let second = Self.receive(other)
    #expect(first == [[1, 2, 3], nil])
    #expect(second == [4])
  }

  @Test("A peer without RTCP is not an error")
  func absent() throws {
    let socket = try Self.open(Wire.neighbour, port: 25_005)
    for number in 0..<4 as Range<UInt8> { try Self.send([number], through: socket) }
    let heard = Self.receive(socket)
    #expect(heard == nil)
  }

  @Test("Unicast streams to several hosts share the port, and each receives from its own peer")
  func unicast() throws {
    let first = try Self.open(Wire.neighbour, port: 25_005)
    _ = try Self.open(IPv4Address("127.0.0.3") ?? .any, port: 25_005)
    let interface = try #require(try NetworkInterfaces.list().first { $0.isLoopback })
    let farSide = try RTCPSocket(
      interface: interface, source: Wire.neighbour, destination: .loopback, port: 25_005, ttl: 1,
      dscp: 34, loopback: false)
    try Self.send([9], through: farSide)
    let heard = Self.receive(first)
    #expect(heard == [9])
  }
}

@Suite("InterfaceMonitor")
struct InterfaceMonitorTests {
  @Test("Without a change, no news is reported")
  func quiet() throws {
    let monitor = try InterfaceMonitor()
    _ = monitor.takeNews()
    let isNews = monitor.takeNews()
    #expect(!isNews)
  }
}
