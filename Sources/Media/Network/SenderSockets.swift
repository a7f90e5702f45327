// SPDX-License-Identifier: MIT
internal import Addressing
internal import LinuxIO
internal import StreamEngine
internal import Synchronization

internal import struct SystemPackage.Errno

/// The shared resources of all senders: the network, the marking of packets, one socket for all multicast
/// streams, so that one kernel call sends all of them, and the sockets that wait to be closed.
///
/// Under the lock of the streams.
@safe
final class SenderSockets {
  /// The origin of packets.
  struct Origin {
    let interface: NetworkInterface
    /// The packets' source address.
    let address: IPv4Address
  }

  /// The origin of packets; nil before the first network, and while the network is away.
  var origin: Origin? { isPaused ? nil : network }
  /// The reason why there is no multicast socket; empty if there is no problem.
  private(set) var failure = ""
  private(set) var marking: PacketMarking

  private let memory: MediaMemory
  private var network: Origin?
  private var isPaused = false
  private var shared: Owned<SenderSocket>?
  private var mayRetry = true
  /// Sockets that the transmit thread may still be using, each with the round in which it was retired.
  private var retired: [(socket: Owned<SenderSocket>, round: UInt64)] = []

  init(_ memory: MediaMemory, _ marking: PacketMarking) {
    self.memory = memory
    self.marking = marking
  }

  // MARK: The network

  /// Has all sockets opened again on another network. The caller has withheld them from all senders.
  func move(to origin: Origin) {
    network = origin
    isPaused = false
    renew()
  }

  /// The network is away; sockets stay as they are.
  func pause() { isPaused = true }

  /// The same network is back.
  func resume() { isPaused = false }

  /// Returns true if the sockets can be used on that network. With new sockets, receivers would see other
  /// senders, because they also identify them by their ports.
  func serve(_ origin: Origin) -> Bool {
    network?.interface.index == origin.interface.index && network?.address == origin.address
  }

  /// Changes the marking of packets without another socket, because receivers also identify a sender by its
  /// port. Returns false if the kernel refuses that for the multicast socket, which must be renewed then.
  func mark(_ marking: PacketMarking) -> Bool {
    self.marking = marking
    guard let shared else { return true }
    return (try? marking.apply(to: shared.value.file)) != nil
  }

  /// Closes the multicast socket, so that another is opened. The caller has withheld it from all senders.
  func renew() {
    retire(shared)
    shared = nil
    mayRetry = true
  }

  // MARK: Sockets

  /// The multicast socket; nil while there is none, for the reason in `failure`.
  var multicast: Owned<SenderSocket>? {
    if shared == nil, mayRetry, origin != nil {
      do throws(SystemError) {
        shared = try open(to: nil, marking)
        failure = ""
      } catch {
        mayRetry = false
        failure = "cannot send: \(error); trying again"
      }
    }
    return shared
  }

  /// Opens a socket to one receiver or for multicast, with this marking of packets. There must be a network.
  func open(
    to receiver: (address: IPv4Address, port: UInt16)?, _ marking: PacketMarking
  ) throws(SystemError) -> Owned<SenderSocket> {
    guard let origin else { throw SystemError(call: .socket, code: .networkDown) }
    return Owned(
      try SenderSocket(
        interface: origin.interface, source: origin.address, to: receiver, ttl: marking.ttl,
        dscp: marking.dscp, loopback: marking.loopback))
  }

  /// Keeps a socket until the transmit thread has finished the round in which it may have read its number. If
  /// it were closed before, the number could belong to another file. The caller has already withheld it.
  ///
  /// Safety: a round that read the old number did so before -1 or another number was stored, so that it has not
  /// been counted yet when `transmitRounds` is read here.
  func retire(_ socket: Owned<SenderSocket>?) {
    guard let socket else { return }
    retired.append((socket, rounds))
  }

  /// Tries a failed socket again, and closes unused ones. Called from time to time.
  func advance() {
    mayRetry = true
    let round = rounds
    retired.removeAll { round > $0.round }
  }

  private var rounds: UInt64 {
    unsafe memory.flags.pointee.transmitRounds.load(ordering: .sequentiallyConsistent)
  }
}
