// SPDX-License-Identifier: MIT
internal import LinuxIO
internal import MediaClock
internal import RealTime
internal import StreamEngine
internal import Synchronization

/// Which streams there are and how each is doing: the control side's book, under its lock.
///
/// A stream's index here is its index in the engine and in every table of `MediaMemory`.
struct StreamTable: ~Copyable {
  enum State: Equatable {
    case waiting(reason: String)
    case running
  }

  struct Outgoing {
    let configuration: SenderConfiguration
    let ssrc = UInt32.random(in: .min ... .max)
    var state = State.waiting(reason: "the clock or the network interface is not there yet")
  }

  private struct Incoming {
    let configuration: ReceiverConfiguration
    var state = State.waiting(reason: "the network interface is not there yet")
  }

  private(set) var interface: NetworkInterface?
  private var interfaceLine = ""
  private var outgoing: [Outgoing]
  private var incoming: [Incoming]
  private var senderSocket: SenderSocket?
  private var senderProblem = ""
  private var receiverSockets: [Int: FileDescriptorBox] = [:]

  init(_ configuration: Configuration) {
    outgoing = configuration.senders.map { Outgoing(configuration: $0) }
    incoming = configuration.receivers.map { Incoming(configuration: $0) }
  }

  /// Remembers the interface; a line for the log when there is news.
  mutating func noteInterface(
    _ usable: NetworkInterface?, _ found: NetworkInterface?, among all: [NetworkInterface],
    _ configuration: Configuration
  ) -> String? {
    interface = usable
    let line: String
    if let usable {
      let addresses = usable.addresses.map(\.description).joined(separator: ", ")
      line = "streams use interface \(usable.name) (\(addresses))"
    } else {
      let names = all.map(\.name).joined(separator: ", ")
      line =
        switch (configuration.network.interface, found) {
        case (.named(let name), nil):
          "interface \(name) does not exist; there are: \(names); waiting for it"
        case (_, let found?) where !found.isUp || !found.isRunning:
          "interface \(found.name) is down; waiting for it"
        case (_, let found?):
          "interface \(found.name) has no IPv4 address; waiting for one"
        case (.automatic, nil):
          "no network interface is up; there are: \(names); waiting for one"
        }
    }
    guard line != interfaceLine else { return nil }
    interfaceLine = line
    return line
  }

  // MARK: Senders

  /// Starts the senders that do not run; lines for the log where that fails.
  mutating func openSenders(
    _ network: Configuration.Network, on interface: NetworkInterface, from address: IPv4Address,
    _ memory: MediaMemory, _ mixer: EngineMixer
  ) -> [String] {
    guard !outgoing.isEmpty else { return [] }
    if senderSocket == nil {
      do throws(SystemError) {
        let socket = try SenderSocket(
          interface: interface, source: address, ttl: network.ttl, dscp: network.dscp,
          loopback: network.loopback)
        unsafe memory.flags.pointee.senderSocket.store(socket.file.number, ordering: .releasing)
        senderSocket = consume socket
        senderProblem = ""
      } catch {
        return noteSenderProblem("senders cannot send: \(error)")
      }
    }
    for index in outgoing.indices where outgoing[index].state != .running {
      let sender = outgoing[index]
      unsafe memory.endpoints[index] = Endpoint(
        address: sender.configuration.address.bits, port: sender.configuration.port)
      unsafe mixer.push(
        .start(sender: index, sender.settings, UnsafePointer(memory.senderCounters + index)))
      outgoing[index].state = .running
    }
    return []
  }

  private mutating func noteSenderProblem(_ line: String) -> [String] {
    for index in outgoing.indices { outgoing[index].state = .waiting(reason: line) }
    defer { senderProblem = line }
    return line == senderProblem ? [] : [line]
  }

  /// Stops all senders and closes their socket.
  mutating func stopSenders(_ memory: MediaMemory, _ mixer: EngineMixer) {
    for index in outgoing.indices where outgoing[index].state == .running {
      mixer.push(.stop(sender: index))
      while !mixer.hasStopped(sender: index) {
        MonotonicClock.sleep(until: MonotonicClock.now + .milliseconds(1))
      }
      outgoing[index].state = .waiting(reason: "the network interface has gone")
    }
    unsafe memory.flags.pointee.senderSocket.store(-1, ordering: .releasing)
    senderSocket = nil
  }

  // MARK: Receivers

  /// Opens the receivers that are not open; lines for the log where that fails.
  mutating func openReceivers(
    on interface: NetworkInterface, _ memory: MediaMemory, _ poller: borrowing Poller
  ) -> [String] {
    var lines: [String] = []
    for index in incoming.indices where incoming[index].state != .running {
      let stream = incoming[index].configuration
      do throws(SystemError) {
        let socket = try ReceiverSocket(
          interface: interface, address: stream.address, port: stream.port, source: stream.source)
        let number = socket.file.number
        unsafe memory.receiverSockets[index].store(number, ordering: .releasing)
        receiverSockets[index] = FileDescriptorBox(socket)
        let counters = unsafe UnsafePointer(memory.receiverCounters + index)
        _ = unsafe memory.receiveCommands.push(
          .start(receiver: index, stream.settings, counters))
        try poller.add(number, number: UInt32(index))
        incoming[index].state = .running
      } catch {
        let reason = StreamTable.explain(error, stream)
        if incoming[index].state != .waiting(reason: reason) {
          lines.append("receiver \(stream.name): \(reason)")
        }
        incoming[index].state = .waiting(reason: reason)
      }
    }
    return lines
  }

  private static func explain(_ error: SystemError, _ stream: ReceiverConfiguration) -> String {
    switch (error.call, error.code) {
    case ("bind", 98):
      "cannot listen on \(stream.address):\(stream.port): another program has the port to itself;"
        + " `ss -ulpn sport = :\(stream.port)` names it; trying again"
    case ("bind", 99):
      "cannot listen on \(stream.address):\(stream.port): this host does not have that address;"
        + " trying again"
    default: "\(error); trying again"
    }
  }

  /// Stops all receivers and closes their sockets.
  mutating func stopReceivers(_ memory: MediaMemory, _ poller: borrowing Poller) {
    for index in incoming.indices where incoming[index].state == .running {
      if let socket = receiverSockets[index] { try? poller.remove(socket.number) }
      unsafe memory.receiverSockets[index].store(-1, ordering: .releasing)
      _ = memory.receiveCommands.push(.stop(receiver: index))
      // Only when the thread has let go of the socket may its number be given to another file.
      while memory.receiveReturns.pop() != .receiverStopped(index) {
        MonotonicClock.sleep(until: MonotonicClock.now + .milliseconds(1))
      }
      receiverSockets[index] = nil
      incoming[index].state = .waiting(reason: "the network interface has gone")
    }
  }

  // MARK: Status

  func senderStatus(_ memory: MediaMemory) -> [SenderStatus] {
    outgoing.indices.map { index in
      let stream = outgoing[index]
      let counters = unsafe UnsafePointer(memory.senderCounters + index)
      return unsafe SenderStatus(
        name: stream.configuration.name, address: stream.configuration.address.description,
        port: stream.configuration.port, channels: stream.configuration.channels,
        firstChannel: stream.configuration.firstChannel,
        packetTimeMicroseconds: stream.configuration.packetTime.microseconds,
        payloadType: stream.configuration.payloadType, ssrc: stream.ssrc,
        state: StreamTable.state(stream.state), error: StreamTable.error(stream.state),
        packets: counters.pointee.packets.count, dropped: counters.pointee.dropped.count,
        sendErrors: counters.pointee.sendErrors.count)
    }
  }

  func receiverStatus(_ memory: MediaMemory) -> [ReceiverStatus] {
    incoming.indices.map { index in
      let stream = incoming[index]
      let counters = unsafe UnsafePointer(memory.receiverCounters + index)
      return unsafe ReceiverStatus(
        name: stream.configuration.name, address: stream.configuration.address.description,
        port: stream.configuration.port, channels: stream.configuration.channels,
        firstChannel: stream.configuration.firstChannel,
        encoding: stream.configuration.encoding.rawValue,
        linkOffsetFrames: stream.configuration.linkOffsetFrames,
        state: StreamTable.state(stream.state), error: StreamTable.error(stream.state),
        packets: counters.pointee.packets, inTime: counters.pointee.inTime.count,
        late: counters.pointee.late.count, early: counters.pointee.early.count,
        duplicate: counters.pointee.duplicate.count, foreign: counters.pointee.foreign.count,
        malformed: counters.pointee.malformed.count,
        reordered: counters.pointee.reordered.count, lost: counters.pointee.lost.count,
        resyncs: counters.pointee.resyncs.count,
        ssrc: UInt32(truncatingIfNeeded: counters.pointee.ssrc.count))
    }
  }

  private static func state(_ state: State) -> StreamState {
    state == .running ? .running : .failed
  }

  private static func error(_ state: State) -> String? {
    if case .waiting(let reason) = state { reason } else { nil }
  }
}

/// A receiver's socket as something that a dictionary can hold.
private final class FileDescriptorBox: Sendable {
  private let socket: ReceiverSocket
  var number: Int32 { socket.file.number }

  init(_ socket: consuming ReceiverSocket) { self.socket = socket }
}
