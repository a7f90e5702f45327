// SPDX-License-Identifier: MIT
internal import Addressing
internal import DaemonConfiguration
internal import LinuxIO
internal import MediaClock
internal import StreamEngine
internal import Synchronization

/// The sockets that senders send through: one for all multicast streams, so that one kernel call sends
/// them all, and one for each unicast stream, so that its far side's answers disturb no other.
///
/// The transmit thread finds its socket in `MediaMemory.senderSockets`; -1 there withholds the
/// stream's packets, whose numbers and stamps go on. So senders are not stopped for the network's sake:
/// a link that was down is a gap, and no new stream.
struct SenderSockets: ~Copyable {
  /// A sender that runs, by its place in the engine.
  private struct Place {
    let address: IPv4Address
    let port: UInt16
    /// Its own; nil for multicast.
    var socket: OwnedSocket?
    var farSide = FarSide()
    /// Why there is no socket; empty when nothing is wrong.
    var failure = ""
  }

  /// A socket as something that an array can hold.
  private final class OwnedSocket: Sendable {
    private let socket: SenderSocket
    var number: Int32 { socket.file.number }

    init(_ socket: consuming SenderSocket) { self.socket = socket }

    func nextProblem() -> DeliveryProblem? { socket.nextProblem() }
  }

  private let memory: MediaMemory
  private let network: Configuration.Network
  private var interface: NetworkInterface?
  private var source = IPv4Address.any
  private var isPaused = true
  private var shared: OwnedSocket?
  private var sharedFailure = ""
  private var places: [Place?] = Array(repeating: nil, count: MediaMemory.streams)
  /// Sockets that the transmit thread may still be using, with the round in which it was told.
  private var retired: [(box: OwnedSocket, round: UInt64)] = []

  init(_ memory: MediaMemory, _ network: Configuration.Network) {
    self.memory = memory
    self.network = network
  }

  // MARK: The network

  /// Opens all sockets anew, on `interface` and with `source` as the packets' source address.
  mutating func use(_ interface: NetworkInterface, from source: IPv4Address) {
    self.interface = interface
    self.source = source
    isPaused = false
    for index in places.indices {
      withhold(index)
      retire(places[index]?.socket)
      places[index]?.socket = nil
      places[index]?.farSide = FarSide()
    }
    retire(shared)
    shared = nil
    openMissing()
  }

  /// Withholds all packets while the network is away. Sockets stay as they are.
  mutating func pause() {
    isPaused = true
    for index in places.indices { withhold(index) }
  }

  /// The same network is there again.
  mutating func resume() {
    isPaused = false
    openMissing()
  }

  // MARK: Senders

  /// Makes a way for the sender at `index`; where that fails, `problem` says why and it is tried again.
  mutating func add(_ index: Int, to address: IPv4Address, _ port: UInt16) {
    places[index] = Place(address: address, port: port)
    unsafe memory.endpoints[index] = Endpoint(
      address: address.bits, port: port, isConnected: !address.isMulticast)
    openMissing()
  }

  mutating func remove(_ index: Int) {
    withhold(index)
    retire(places[index]?.socket)
    places[index] = nil
  }

  /// What keeps the sender's packets from being heard; nil while nothing is known to.
  func problem(_ index: Int) -> String? {
    guard let place = places[index] else { return nil }
    let failure = place.address.isMulticast ? sharedFailure : place.failure
    return failure.isEmpty ? place.farSide.problem(place.address, place.port) : failure
  }

  // MARK: Time

  /// Hears what far sides say, tries again what failed, and closes what nobody uses any more. To be
  /// called now and then, and when one of ``descriptors`` has something to say.
  mutating func advance(to now: MonotonicInstant) {
    for index in places.indices {
      guard let socket = places[index]?.socket else { continue }
      // Bounded: a queue of a megabyte holds fewer.
      for _ in 0..<4096 {
        guard let problem = socket.nextProblem() else { break }
        places[index]?.farSide.heard(problem, at: now)
      }
      places[index]?.farSide.advance(to: now)
    }
    openMissing()
    let round = unsafe memory.flags.pointee.transmitRounds.load(ordering: .sequentiallyConsistent)
    retired.removeAll { round > $0.round }
  }

  /// Sockets of unicast senders, on whose errors it pays to wake.
  var descriptors: [Int32] { places.compactMap { $0?.socket?.number } }

  // MARK: Sockets

  private mutating func openMissing() {
    guard !isPaused, let interface else { return }
    if shared == nil, places.contains(where: { $0?.address.isMulticast == true }) {
      do throws(SystemError) {
        shared = try open(on: interface, to: nil)
        sharedFailure = ""
      } catch {
        sharedFailure = "cannot send: \(error); trying again"
      }
    }
    for index in places.indices {
      guard let place = places[index] else { continue }
      if !place.address.isMulticast, place.socket == nil {
        do throws(SystemError) {
          let socket = try open(on: interface, to: (place.address, place.port))
          places[index]?.socket = socket
          places[index]?.failure = ""
        } catch {
          places[index]?.failure = "cannot send: \(error); trying again"
        }
      }
      hand(index)
    }
  }

  private func open(
    on interface: NetworkInterface, to receiver: (address: IPv4Address, port: UInt16)?
  ) throws(SystemError) -> OwnedSocket {
    OwnedSocket(
      try SenderSocket(
        interface: interface, source: source, to: receiver, ttl: network.ttl, dscp: network.dscp,
        loopback: network.loopback))
  }

  /// Gives the transmit thread the socket, or withholds it from a far side that wants no packets.
  private func hand(_ index: Int) {
    guard let place = places[index] else { return }
    let socket = place.address.isMulticast ? shared : place.socket
    let number = place.farSide.maySend ? socket?.number ?? -1 : -1
    unsafe memory.senderSockets[index].store(number, ordering: .sequentiallyConsistent)
  }

  private func withhold(_ index: Int) {
    unsafe memory.senderSockets[index].store(-1, ordering: .sequentiallyConsistent)
  }

  /// Keeps a socket until the transmit thread has finished the round in which it may have read its
  /// number: closed before, the number could be another file's.
  ///
  /// Safety: whoever still read the old number did so before `withhold` stored the new one, so in a
  /// round that has not been counted yet when `transmitRounds` is read here.
  private mutating func retire(_ box: OwnedSocket?) {
    guard let box else { return }
    let round = unsafe memory.flags.pointee.transmitRounds.load(ordering: .sequentiallyConsistent)
    retired.append((box, round))
  }
}
