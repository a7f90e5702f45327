// SPDX-License-Identifier: MIT
internal import Addressing
internal import LinuxIO
internal import StreamEngine
internal import Synchronization

internal import struct SystemPackage.Errno

/// What all senders share on their way out: the network, the marking of packets, one socket for all multicast
/// streams, so that one kernel call sends them all, and the sockets that wait to be closed.
///
/// Under the lock of the streams.
@safe
final class SenderSockets {
  /// Where packets leave.
  struct Origin {
    let interface: NetworkInterface
    /// The packets' source address.
    let address: IPv4Address
  }

  /// Nil before the first network, and while it is away.
  var origin: Origin? { isPaused ? nil : network }
  /// Why there is no socket for multicast; empty when nothing is wrong.
  private(set) var failure = ""
  private(set) var marking: PacketMarking

  private let memory: MediaMemory
  private var network: Origin?
  private var isPaused = false
  private var shared: Owned<SenderSocket>?
  private var mayRetry = true
  /// Sockets that the transmit thread may still be using, with the round in which it was told.
  private var retired: [(socket: Owned<SenderSocket>, round: UInt64)] = []

  init(_ memory: MediaMemory, _ marking: PacketMarking) {
    self.memory = memory
    self.marking = marking
  }

  // MARK: The network

  /// All sockets are to be opened anew there. They were withheld from all senders.
  func move(to origin: Origin) {
    network = origin
    isPaused = false
    renew()
  }

  /// The network is away. Sockets stay as they are.
  func pause() { isPaused = true }

  /// The same network is there again.
  func resume() { isPaused = false }

  /// True if the sockets are good for that network. With others the senders would be others for receivers, who know
  /// them by their ports, too.
  func serve(_ origin: Origin) -> Bool {
    network?.interface.index == origin.interface.index && network?.address == origin.address
  }

  /// Marks packets otherwise from now on, without another socket: receivers know a sender by its port, too. Returns
  /// false where the kernel refuses that for the multicast socket, which is to be renewed then.
  func mark(_ marking: PacketMarking) -> Bool {
    self.marking = marking
    guard let shared else { return true }
    return (try? marking.apply(to: shared.value.file)) != nil
  }

  /// Gives up the multicast socket, so that another is opened. It was withheld from all senders.
  func renew() {
    retire(shared)
    shared = nil
    mayRetry = true
  }

  // MARK: Sockets

  /// The one for multicast; nil while there is none, which `failure` explains.
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

  /// Opens a socket to one receiver, or for multicast, with packets marked so. A network must be there.
  func open(
    to receiver: (address: IPv4Address, port: UInt16)?, _ marking: PacketMarking
  ) throws(SystemError) -> Owned<SenderSocket> {
    guard let origin else { throw SystemError(call: .socket, code: .networkDown) }
    return Owned(
      try SenderSocket(
        interface: origin.interface, source: origin.address, to: receiver, ttl: marking.ttl,
        dscp: marking.dscp, loopback: marking.loopback))
  }

  /// Keeps a socket until the transmit thread has finished the round in which it may have read its number: closed
  /// before, the number could be another file's. The caller has withheld it already.
  ///
  /// Safety: whoever still read the old number did so before -1 or another number was stored, so in a round that
  /// has not been counted yet when `transmitRounds` is read here.
  func retire(_ socket: Owned<SenderSocket>?) {
    guard let socket else { return }
    retired.append((socket, rounds))
  }

  /// Lets a failed socket be tried again, and closes what nobody uses any more. To be called now and then.
  func advance() {
    mayRetry = true
    let round = rounds
    retired.removeAll { round > $0.round }
  }

  private var rounds: UInt64 {
    unsafe memory.flags.pointee.transmitRounds.load(ordering: .sequentiallyConsistent)
  }
}
