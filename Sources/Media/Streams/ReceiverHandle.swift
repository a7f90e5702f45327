// SPDX-License-Identifier: MIT
internal import Addressing
internal import DaemonConfiguration
internal import LinuxIO
internal import MediaClock
internal import RealTime
internal import StreamEngine
internal import StreamHealth

internal import struct SystemPackage.Errno

/// One receiver: its configuration, its state, and its socket, resampler, counters and group number.
@safe
final class ReceiverHandle: StreamHandle {
  let id: StreamID
  let place: Int
  var configuration: ReceiverConfiguration
  var lifecycle = StreamLifecycle.waiting("waiting for a network interface")
  /// The present result of its subscription, and the note for its status.
  var found: ReceiverConfiguration?
  var note: String?
  /// The device channels, from 0, that it yields to others, by their names.
  private(set) var yielded: [(name: String, channels: [Int])] = []
  /// The reason why the subscribed stream cannot be received here as it is; nil if it can, or if the stream is
  /// unknown.
  var refusal: String?
  /// The health as of the last check.
  var health: ReceiverHealth
  /// The link offset at the last check, nil before the first, and the arrivals until it became that.
  var arrivalsBefore = (linkOffset: Int64?.none, counts: [UInt64](), sum: Int64(0))
  /// The arrivals of the last minute.
  var recentArrivals = RecentCounts()
  /// The time at which its group was joined, or its network came back.
  private(set) var joinedAt = MonotonicInstant(nanoseconds: 0)
  /// The engine's number for its group; nil while it runs alone or not at all.
  private(set) var groupNumber: Int?

  private let control: ReceiveControl
  // While it runs. The thread may use both until it has given the receiver back.
  private var socket: Owned<ReceiverSocket>?
  /// The resampler; nil while its sender has our clock.
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

  /// The stream that it receives; nil for a subscription that waits.
  var stream: ReceiverConfiguration? {
    configuration.subscription == nil ? configuration.leaving(yieldedChannels) : found
  }

  /// The stream that it receives, or the configuration while the stream is unknown.
  var effective: ReceiverConfiguration { stream ?? configuration }

  private var yieldedChannels: Set<Int> { Set(yielded.flatMap(\.channels)) }

  /// Returns true if others fill all of its device channels, so that it need not be received.
  var isDisplaced: Bool {
    !yielded.isEmpty && configuration.route.compactMap(\.self).allSatisfy(yieldedChannels.contains)
  }

  /// Yields device channels to others, and takes back those that it yielded before. It pauses only if the
  /// channels differ.
  func leave(_ channels: [(name: String, channels: [Int])]) {
    let before = yieldedChannels
    yielded = channels
    guard before != yieldedChannels else { return }
    stop(then: rest)
  }

  /// The state in which it rests while nothing else prevents it from running.
  var rest: StreamLifecycle.Rest {
    configuration.isEnabled && !isDisplaced ? StreamLifecycle.aboutToStart : .disabled
  }

  /// The counters, which are valid as long as the daemon runs.
  var counters: UnsafePointer<ReceiverCounters> { unsafe control.counters(at: place) }

  /// The link offset in frames: the one in force while it runs, otherwise the configured one.
  var linkOffset: Int64 {
    let inForce = unsafe Int64(bitPattern: counters.pointee.linkOffset.count)
    return lifecycle == .running && inForce > 0 ? inForce : effective.linkOffsetFrames
  }

  /// Starts to receive `stream`.
  ///
  /// - Parameter groupNumber: the number of the group; nil for a receiver without a group.
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

  /// Joins its group again after a long silence, and gives it a resampler if its sender has another clock.
  func advance(to now: MonotonicInstant) {
    guard lifecycle == .running else { return }
    equip()
    guard effective.address.isMulticast else { return }
    let packets = unsafe counters.pointee.packets
    if watch == nil { watch = SilenceWatch(packets: packets, at: now) }
    if watch?.isDue(packets: packets, at: now) == true { rejoin() }
  }

  /// Gives it a resampler before its sender's clock is known to drift, which takes a second at least. If there
  /// is no memory, the next round tries again.
  private func equip() {
    guard resampler == nil, unsafe counters.pointee.unsynchronised.count != 0,
      let resampler = Resampler(channels: effective.channels)
    else { return }
    control.equip(place, resampler)
    self.resampler = resampler
  }

  /// Joins its group again. If that fails, it cannot receive any more, and is opened again.
  func rejoin() {
    guard lifecycle == .running, let socket else { return }
    do throws(SystemError) {
      try socket.value.rejoin()
    } catch {
      restart(error.explained(effective))
    }
  }

  /// Stops to receive until its subscription has a result.
  func suspend(_ reason: String) {
    note = reason
    found = nil
    restart(reason)
  }

  /// Begins to count again, because its network is back.
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
