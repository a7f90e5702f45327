// SPDX-License-Identifier: MIT
internal import Addressing
internal import DaemonConfiguration
internal import LinuxIO
internal import MediaClock
internal import RealTime
internal import StreamEngine
internal import StreamHealth

internal import struct SystemPackage.Errno

/// One receiver: what was asked for, what it does, and its socket, resampler, counters and group number.
@safe
final class ReceiverHandle: StreamHandle {
  let id: StreamID
  let place: Int
  var configuration: ReceiverConfiguration
  var lifecycle = StreamLifecycle.waiting("waiting for a network interface")
  /// Of a subscription: what it comes to at present, and the note for its status.
  var found: ReceiverConfiguration?
  var note: String?
  /// The device channels, from 0, that it leaves to others, by their names.
  private(set) var yielded: [(name: String, channels: [Int])] = []
  /// Why what it subscribes to cannot be received here as it is; nil where it can, or is not known.
  var refusal: String?
  /// As of the last look.
  var health: ReceiverHealth
  /// The link offset at the last look, nil before the first, and the arrivals until it became that.
  var arrivalsBefore = (linkOffset: Int64?.none, counts: [UInt64](), sum: Int64(0))
  /// Those of the last minute.
  var recentArrivals = RecentCounts()
  /// When its group was joined, or its network came back.
  private(set) var joinedAt = MonotonicInstant(nanoseconds: 0)
  /// What its group is called in the engine; nil while it runs alone or not at all.
  private(set) var groupNumber: Int?

  private let control: ReceiveControl
  // While it runs. The thread may use both until it has given the receiver back.
  private var socket: Owned<ReceiverSocket>?
  /// Nil while its sender has our clock.
  private var resampler: Resampler?
  private var watch: SilenceWatch?

  init(
    id: StreamID, place: Int, _ configuration: ReceiverConfiguration, _ control: ReceiveControl
  ) {
    self.id = id
    self.place = place
    self.configuration = configuration
    self.control = control
    health = ReceiverHealth(at: MonotonicClock.now)
    control.resetCounters(at: place)
  }

  /// What it receives; nil for a subscription that waits.
  var stream: ReceiverConfiguration? {
    configuration.subscription == nil ? configuration.leaving(yieldedChannels) : found
  }

  /// The same, and what was asked for while it is not known.
  var effective: ReceiverConfiguration { stream ?? configuration }

  private var yieldedChannels: Set<Int> { Set(yielded.flatMap(\.channels)) }

  /// Returns true if others fill all of its device channels: then it need not be received.
  var isDisplaced: Bool {
    !yielded.isEmpty && configuration.route.compactMap(\.self).allSatisfy(yieldedChannels.contains)
  }

  /// Leaves device channels to others, and takes back those that it left before. Only other channels than before
  /// make it pause.
  func leave(_ channels: [(name: String, channels: [Int])]) {
    let before = yieldedChannels
    yielded = channels
    guard before != yieldedChannels else { return }
    stop(then: rest)
  }

  /// What it is while it does not run, and nothing else is in its way.
  var rest: StreamLifecycle.Rest {
    configuration.isEnabled && !isDisplaced ? StreamLifecycle.aboutToStart : .disabled
  }

  /// Valid as long as the daemon runs.
  var counters: UnsafePointer<ReceiverCounters> { unsafe control.counters(at: place) }

  /// In frames: in force while it runs, otherwise as it is configured.
  var linkOffset: Int64 {
    let inForce = unsafe Int64(bitPattern: counters.pointee.linkOffset.count)
    return lifecycle == .running && inForce > 0 ? inForce : effective.linkOffsetFrames
  }

  /// Starts to receive `stream`.
  ///
  /// - Parameter groupNumber: stands for the group's name; nil for a receiver that stands alone.
  func open(
    _ stream: ReceiverConfiguration, on interface: NetworkInterface, groupNumber: Int?
  ) throws(SystemError) {
    let socket = Owned(
      try ReceiverSocket(
        interface: interface, address: stream.address, port: stream.port, source: stream.source))
    let settings = stream.settings(groupNumber: groupNumber)
    try control.start(place, settings, on: socket.value.file.number)
    self.socket = socket
    self.groupNumber = groupNumber
    joinedAt = MonotonicClock.now
    lifecycle = .running
  }

  /// Joins its group anew when it has heard nothing for long, and equips it for a sender that has another clock.
  func advance(to now: MonotonicInstant) {
    guard lifecycle == .running else { return }
    equip()
    guard effective.address.isMulticast else { return }
    let packets = unsafe counters.pointee.packets
    if watch == nil { watch = SilenceWatch(packets: packets, at: now) }
    if watch?.isDue(packets: packets, at: now) == true { rejoin() }
  }

  /// Gives it a resampler before its sender's clock is known to drift, which takes a second at least. Where there is
  /// no memory for one, the next look tries again.
  private func equip() {
    guard resampler == nil, unsafe counters.pointee.unsynchronised.count != 0,
      let resampler = Resampler(channels: effective.channels)
    else { return }
    control.equip(place, resampler)
    self.resampler = resampler
  }

  /// Joins its group anew. Where that fails it hears nothing any more, and is opened anew.
  func rejoin() {
    guard lifecycle == .running, let socket else { return }
    do throws(SystemError) {
      try socket.value.rejoin()
    } catch {
      restart(error.explained(effective))
    }
  }

  /// Receives nothing until its subscription comes to something.
  func suspend(_ reason: String) {
    note = reason
    found = nil
    restart(reason)
  }

  /// Its network is there again: what comes from now on counts.
  func returnToNetwork() {
    joinedAt = MonotonicClock.now
    rejoin()
  }

  func requestStop() {
    guard let socket else { return }
    control.requestStop(place, socket: socket.value.file.number)
  }

  func release() {
    socket = nil
    resampler?.free()
    resampler = nil
    watch = nil
    groupNumber = nil
  }
}
