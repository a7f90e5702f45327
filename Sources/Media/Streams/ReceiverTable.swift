// SPDX-License-Identifier: MIT
internal import Addressing
internal import ControlAPI
internal import DaemonConfiguration
internal import LinuxIO
internal import MediaClock
internal import RTP
internal import RealTime
internal import StreamEngine
internal import Synchronization

internal import struct SystemPackage.Errno

/// The receivers, each with its socket.
struct ReceiverTable: ~Copyable {
  struct Receiver: TabledStream {
    let id: StreamID
    var configuration: ReceiverConfiguration
    var state = StreamTable.State.waiting(reason: "the network interface is not there yet")
    /// Of a subscription: what it comes to at present, and what is to be said of it.
    fileprivate var found: ReceiverConfiguration?
    fileprivate var note: String?
    fileprivate var socket: OwnedSocket?
    /// The receive thread's while it runs.
    fileprivate var resampler: Resampler?
    fileprivate var watch: SilenceWatch?
    /// What its group is called in the engine; nil while it has none.
    fileprivate var groupNumber: Int?

    /// What it receives, if it is known.
    var stream: ReceiverConfiguration? {
      configuration.subscription == nil ? configuration : found
    }

    /// The same, and what was asked for while it is not known.
    var effective: ReceiverConfiguration { stream ?? configuration }

    init(id: StreamID, configuration: ReceiverConfiguration) {
      self.id = id
      self.configuration = configuration
    }
  }

  private var slots = StreamSlots<Receiver>()
  private var path: NetworkPath?
  /// What the thread gave back and nobody waited for yet.
  private var returned: Set<Int> = []

  var all: [Receiver] { slots.all }

  // MARK: Changes

  mutating func add(
    _ configuration: ReceiverConfiguration, id: StreamID, _ memory: MediaMemory
  ) throws(StreamChangeError) {
    guard let place = slots.free else { throw .full(maximum: StreamSlots<Receiver>.maximum) }
    try check(configuration, insteadOf: nil)
    // Nobody counts there now: the last receiver of this place has been given back.
    unsafe (memory.receiverCounters + place).initialize(to: ReceiverCounters())
    slots[place] = Receiver(id: id, configuration: configuration)
    if !configuration.isEnabled { slots[place].state = .disabled }
  }

  /// Gives a receiver another configuration. It pauses only where more than its name changes; its
  /// counters go on.
  mutating func change(
    _ id: StreamID, to configuration: ReceiverConfiguration, _ memory: MediaMemory,
    _ poller: borrowing Poller
  ) throws(StreamChangeError) {
    guard let place = slots.place(of: id) else { throw .unknown(id) }
    try check(configuration, insteadOf: id)
    var old = slots[place].configuration
    slots[place].configuration = configuration
    old.name = configuration.name
    guard old != configuration else { return }
    slots[place].note = nil
    slots[place].found = nil
    stop([place], because: .waiting(reason: "it is about to start"), memory, poller)
    slots[place].state =
      configuration.isEnabled ? .waiting(reason: "it is about to start") : .disabled
  }

  mutating func remove(
    _ id: StreamID, _ memory: MediaMemory, _ poller: borrowing Poller
  ) throws(StreamChangeError) {
    guard let place = slots.place(of: id) else { throw .unknown(id) }
    stop([place], because: .disabled, memory, poller)
    slots.empty(place)
  }

  /// What a receiver's subscription comes to: nil while it waits. Only another stream than before makes
  /// it pause. Returns true if it did.
  mutating func follow(
    _ id: StreamID, _ found: ReceiverConfiguration?, note: String?, _ memory: MediaMemory,
    _ poller: borrowing Poller
  ) -> Bool {
    guard let place = slots.place(of: id), slots[place].configuration.subscription != nil
    else { return false }
    slots[place].note = note
    let isOther = slots[place].found != found
    if isOther {
      slots[place].found = found
      stop([place], because: .waiting(reason: "it is about to start"), memory, poller)
    }
    if found == nil, slots[place].state != .disabled {
      slots[place].state = .waiting(reason: note ?? "its session is not known yet")
    }
    return isOther
  }

  private func check(
    _ configuration: ReceiverConfiguration, insteadOf id: StreamID?
  ) throws(StreamChangeError) {
    let others = slots.all.filter { $0.id != id }.map(\.configuration)
    if let problem = configuration.problems(beside: others).first { throw .invalid(problem) }
  }

  /// Those with a subscription, and the packets that each has counted.
  func subscribers(
    _ memory: MediaMemory
  ) -> [(id: StreamID, configuration: ReceiverConfiguration, packets: UInt64)] {
    slots.places.compactMap { place in
      guard slots[place].configuration.subscription != nil else { return nil }
      let packets = unsafe memory.receiverCounters[place].inTime.count
      return (slots[place].id, slots[place].configuration, packets)
    }
  }

  // MARK: Running

  /// Opens the receivers that wait; lines for the log where that fails.
  mutating func open(
    on interface: NetworkInterface, _ memory: MediaMemory, _ poller: borrowing Poller
  ) -> [String] {
    var lines: [String] = []
    for place in slots.places {
      guard case .waiting(let before) = slots[place].state, let stream = slots[place].stream
      else { continue }
      do throws(SystemError) {
        try open(place, stream, on: interface, memory, poller)
        slots[place].state = .running
      } catch {
        let reason = Self.explain(error, stream)
        if reason != before { lines.append("receiver \(stream.name): \(reason)") }
        slots[place].state = .waiting(reason: reason)
      }
    }
    return lines
  }

  private mutating func open(
    _ place: Int, _ stream: ReceiverConfiguration, on interface: NetworkInterface,
    _ memory: MediaMemory, _ poller: borrowing Poller
  ) throws(SystemError) {
    let socket = try ReceiverSocket(
      interface: interface, address: stream.address, port: stream.port, source: stream.source)
    guard let resampler = Resampler(channels: stream.channels) else {
      throw SystemError(call: .allocate, code: .noMemory)
    }
    let number = socket.file.number
    let box = OwnedSocket(socket)
    do throws(SystemError) {
      try poller.add(number, number: UInt32(place))
    } catch {
      resampler.free()
      throw error
    }
    slots[place].resampler = resampler
    slots[place].socket = box
    slots[place].watch = nil
    unsafe memory.receiverSockets[place].store(number, ordering: .releasing)
    let counters = unsafe UnsafePointer(memory.receiverCounters + place)
    let isPushed = unsafe memory.receiveCommands.push(
      .start(receiver: place, stream.settings(groupNumber: group(place)), counters, resampler))
    precondition(isPushed, "the receive thread has stopped taking commands")
  }

  /// The number of a receiver's group: another member's, or one that nobody has.
  private mutating func group(_ place: Int) -> Int? {
    let name = slots[place].effective.group
    let others = slots.places.filter { $0 != place }.map { slots[$0] }
    let shared = others.first { $0.effective.group == name && $0.groupNumber != nil }
    let taken = Set(others.compactMap(\.groupNumber))
    let free = (0..<MediaMemory.streams).first { !taken.contains($0) }
    slots[place].groupNumber = name == nil ? nil : shared?.groupNumber ?? free
    return slots[place].groupNumber
  }

  private static func explain(_ error: SystemError, _ stream: ReceiverConfiguration) -> String {
    switch (error.call, error.code) {
    case (.bind, .addressInUse):
      "cannot listen on \(stream.address):\(stream.port): another program has the port to itself;"
        + " `ss -ulpn sport = :\(stream.port)` names it; trying again"
    case (.bind, .addressNotAvailable):
      "cannot listen on \(stream.address):\(stream.port): this host does not have that address;"
        + " trying again"
    case (_, .noBufferSpace):
      "cannot join \(stream.address): the kernel allows this socket no group more; raise it with"
        + " `sysctl net.ipv4.igmp_max_memberships=20` (and igmp_max_msf for source filters);"
        + " trying again"
    default: "\(error); trying again"
    }
  }

  /// Takes in what has become of the network: `addresses` are all of this host. What is on a network
  /// that was away joins its group anew; what cannot hear any more is closed.
  mutating func follow(
    _ change: NetworkPath.Change, _ path: NetworkPath, addresses: [IPv4Address],
    _ memory: MediaMemory, _ poller: borrowing Poller
  ) {
    self.path = path
    switch change {
    case .none, .lost: break
    case .moved:
      let elsewhere = StreamTable.State.waiting(reason: "the network interface is another one")
      stop(slots.places, because: elsewhere, memory, poller)
    case .returned, .readdressed:
      for place in slots.places { rejoin(place, memory, poller) }
    }
    let homeless = slots.places.filter { place in
      let address = slots[place].effective.address
      return !address.isMulticast && !address.isLoopback && !addresses.contains(address)
    }
    stop(
      homeless, because: .waiting(reason: "this host does not have that address"), memory, poller)
  }

  /// Joins anew the groups of receivers that have heard nothing for long.
  mutating func advance(
    to now: MonotonicInstant, _ memory: MediaMemory, _ poller: borrowing Poller
  ) {
    for place in slots.places where slots[place].state == .running {
      guard slots[place].effective.address.isMulticast else { continue }
      let packets = unsafe memory.receiverCounters[place].packets
      if slots[place].watch == nil {
        slots[place].watch = SilenceWatch(packets: packets, at: now)
      }
      if slots[place].watch?.isDue(packets: packets, at: now) == true {
        rejoin(place, memory, poller)
      }
    }
  }

  private mutating func rejoin(
    _ place: Int, _ memory: MediaMemory, _ poller: borrowing Poller
  ) {
    guard let socket = slots[place].socket, slots[place].state == .running else { return }
    do throws(SystemError) {
      try socket.rejoin()
    } catch {
      // It hears nothing any more, and is opened anew.
      let reason = Self.explain(error, slots[place].effective)
      stop([place], because: .waiting(reason: reason), memory, poller)
    }
  }

  /// Stops all receivers and closes their sockets.
  mutating func close(_ memory: MediaMemory, _ poller: borrowing Poller) {
    stop(slots.places, because: .waiting(reason: "the daemon stops"), memory, poller)
  }

  /// Returns when the thread has given back those that ran. Only then are their sockets closed: their
  /// numbers may not be another file's while the thread may still read from them.
  private mutating func stop(
    _ places: [Int], because state: StreamTable.State, _ memory: MediaMemory,
    _ poller: borrowing Poller
  ) {
    let running = places.filter { slots[$0].state == .running }
    for place in running {
      if let socket = slots[place].socket { try? poller.remove(socket.number) }
      unsafe memory.receiverSockets[place].store(-1, ordering: .releasing)
      let isPushed = memory.receiveCommands.push(.stop(receiver: place))
      precondition(isPushed, "the receive thread has stopped taking commands")
    }
    for place in running {
      while !hasStopped(place, memory) {
        MonotonicClock.sleep(until: MonotonicClock.now + .milliseconds(1))
      }
      slots[place].socket = nil
      slots[place].resampler?.free()
      slots[place].resampler = nil
      slots[place].state = state
    }
  }

  private mutating func hasStopped(_ place: Int, _ memory: MediaMemory) -> Bool {
    while case .receiverStopped(let index)? = memory.receiveReturns.pop() { returned.insert(index) }
    return returned.remove(place) != nil
  }

  // MARK: Status

  func status(_ memory: MediaMemory) -> [ReceiverStatus] {
    slots.places.map { status(at: $0, memory) }
  }

  func status(of id: StreamID, _ memory: MediaMemory) -> ReceiverStatus? {
    slots.place(of: id).map { status(at: $0, memory) }
  }

  private func status(at place: Int, _ memory: MediaMemory) -> ReceiverStatus {
    let receiver = slots[place]
    let stream = receiver.effective
    let counters = unsafe UnsafePointer(memory.receiverCounters + place)
    let state =
      path.map { StreamTable.actual(receiver.state, $0, problem: nil) } ?? receiver.state
    return unsafe ReceiverStatus(
      id: receiver.id.number, name: receiver.configuration.name,
      address: stream.address.description,
      port: stream.port, channels: stream.channels, firstChannel: stream.firstChannel,
      encoding: stream.encoding.name, linkOffsetFrames: linkOffset(place, memory),
      state: state.status, error: state.reason ?? receiver.note,
      session: receiver.configuration.subscription?.name, map: stream.map?.numbers,
      packets: counters.pointee.packets, inTime: counters.pointee.inTime.count,
      late: counters.pointee.late.count, early: counters.pointee.early.count,
      duplicate: counters.pointee.duplicate.count, foreign: counters.pointee.foreign.count,
      malformed: counters.pointee.malformed.count,
      reordered: counters.pointee.reordered.count, lost: counters.pointee.lost.count,
      resyncs: counters.pointee.resyncs.count,
      ssrc: UInt32(truncatingIfNeeded: counters.pointee.ssrc.count),
      timing: timing(place, memory))
  }

  /// The longest link offset in force, in frames.
  func maximumLinkOffset(_ memory: MediaMemory) -> Int64 {
    slots.places.map { linkOffset($0, memory) }.max() ?? 0
  }

  /// In force while it runs, else as it is configured.
  private func linkOffset(_ place: Int, _ memory: MediaMemory) -> Int64 {
    let counters = unsafe UnsafePointer(memory.receiverCounters + place)
    let inForce = unsafe Int64(bitPattern: counters.pointee.linkOffset.count)
    return slots[place].state == .running && inForce > 0
      ? inForce : slots[place].effective.linkOffsetFrames
  }

  private func timing(_ place: Int, _ memory: MediaMemory) -> ReceiverTiming {
    let stream = slots[place].effective
    let counters = unsafe UnsafePointer(memory.receiverCounters + place)
    let sixteenths = unsafe Int64(bitPattern: counters.pointee.jitter.count)
    return unsafe ReceiverTiming(
      isAutomatic: stream.automaticBounds != nil, group: stream.group,
      isUnsynchronised: counters.pointee.unsynchronised.count != 0,
      jitterMicroseconds: sixteenths * 1000 / (48 * 16),
      linkOffsetChanges: counters.pointee.linkOffsetChanges.count,
      ssrcChanges: counters.pointee.ssrcChanges.count,
      concealed: counters.pointee.concealed.count,
      rateOffsetPartsPerMillion: rateOffset(counters.pointee.rate.count))
  }

  /// In millionths, to a hundredth; nil for 0, which is none.
  private func rateOffset(_ rate: UInt64) -> Double? {
    rate == 0 ? nil : Double((Int64(bitPattern: rate) - 1_000_000_000) / 10) / 100
  }

  /// When packets came, of every receiver.
  func measurements(_ memory: MediaMemory) -> [ReceiverMeasurement] {
    slots.places.map { place in
      let counters = unsafe UnsafePointer(memory.receiverCounters + place)
      return unsafe ReceiverMeasurement(
        name: slots[place].configuration.name,
        arrivals: HistogramSnapshot(counters.pointee.arrivals, unit: .frames))
    }
  }

  /// The name of the receiver at `place`, if there is one.
  func name(at place: Int) -> String? {
    slots.places.contains(place) ? slots[place].configuration.name : nil
  }
}

/// A receiver's socket as something that a table can hold.
private final class OwnedSocket: Sendable {
  private let socket: ReceiverSocket
  var number: Int32 { socket.file.number }

  init(_ socket: consuming ReceiverSocket) { self.socket = socket }

  func rejoin() throws(SystemError) { try socket.rejoin() }
}
