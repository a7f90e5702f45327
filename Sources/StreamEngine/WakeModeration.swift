// SPDX-License-Identifier: MIT
package import MediaClock
internal import RealTime

/// Selects the sockets that the receive thread waits for, so that streams that arrive together wake it once.
///
/// Streams of one host and packet time usually leave it together, in the same order each time: a burst. The
/// thread waits only for the socket whose packet arrives last, the leader's, and then reads those of all
/// members.
///
/// | state of a stream | event | next |
/// |---|---|---|
/// | alone: the thread waits for its socket | a measurement has found it in a burst | leader or member |
/// | member: its socket is read after the leader's packet | has no packet then | on trial |
/// | on trial: a member whose socket the thread waits for as well | had its packet in time, several times in a row | member |
/// | on trial | has no packet again | leader: it arrives last; or alone, if the leader has only just changed |
/// | any of a burst | the leader is missing, or a member has less than the reserve left | all alone |
///
/// A measurement takes 16 packet times, in which the thread waits for all sockets. One begins when something
/// has changed, but at least 64 packet times after the last one, and every 4,096. If not all streams were
/// regular in it, the time until the next one doubles.
///
/// A member waits for its leader no longer than ``bound(_:)``. If the leader is missing, a timer wakes the
/// thread ``reserve`` before the first frame of a member may be due: moderation therefore makes no frame late.
///
/// Time, readiness and packets are arguments; the result is ``waited``.
package struct WakeModeration: ~Copyable {
  /// The time that a late timer and a round may take on a busy host.
  package static var reserve: Interval {
    @_noLocks @_noAllocation get { Interval(nanoseconds: 500_000) }
  }
  static var measuredPackets: Int64 { @_noLocks @_noAllocation get { 16 } }
  static var restingPackets: Int64 { @_noLocks @_noAllocation get { 64 } }
  static var rememberedPackets: Int64 { @_noLocks @_noAllocation get { 4_096 } }

  package static func memoryByteCount(_ streams: Int) -> Int {
    InPlaceArray<ModeratedStream>.byteCount(streams)
  }

  var streams: InPlaceArray<ModeratedStream>
  // One bit for each place.
  /// The streams that exist.
  package private(set) var present: UInt64 = 0
  /// The streams whose sockets the thread does not wait for.
  package internal(set) var members: UInt64 = 0
  var onTrial: UInt64 = 0
  /// The streams with a packet in this round, and those with a packet that came too late for a member.
  private var taken: UInt64 = 0
  private var tight: UInt64 = 0
  private var isTimer = false

  var isMeasuring = false
  var hasNews = false
  var measurementStart = MonotonicInstant(nanoseconds: 0)
  /// The number of measurements in a row that did not find all streams regular.
  var failures: Int64 = 0
  /// The time from which the next measurement may begin.
  var restEnd = MonotonicInstant(nanoseconds: 0)
  /// The time at which it begins even if nothing has changed.
  var memoryEnd = MonotonicInstant(nanoseconds: 0)
  /// The shortest and the longest packet time of all streams since the last measurement began.
  package internal(set) var shortest = Interval(nanoseconds: 1_000_000)
  var longest = Interval(nanoseconds: 1_000_000)

  /// - Parameter memory: ``memoryByteCount(_:)`` bytes, aligned for a pointer, for this value alone; outlives it.
  package init(in memory: UnsafeMutableRawPointer, capacity: Int) {
    unsafe streams = InPlaceArray(in: memory, capacity: capacity)
  }

  /// The places whose sockets the thread must wait for, one bit each.
  package var waited: UInt64 { @_noLocks @_noAllocation get { present & ~members } }

  /// The number of bursts of more than one stream.
  package var burstCount: Int {
    @_noLocks @_noAllocation get {
      var count = 0
      var rest = waited
      while let place = rest.popLowest() {
        if streams[place].members != 0 { count += 1 }
      }
      return count
    }
  }

  /// The place whose packet wakes the thread for the stream at `place`: its own while it is alone, or its
  /// leader's.
  @_noLocks @_noAllocation
  package func leader(of place: Int) -> Int {
    streams.has(place) ? streams[place].leader : place
  }

  // MARK: Streams

  @_noLocks @_noAllocation
  package mutating func start(_ place: Int) {
    if streams.has(place) { stop(place) }
    streams.put(ModeratedStream(leader: place), at: place)
    present.insert(place)
    hasNews = true
  }

  @_noLocks @_noAllocation
  package mutating func stop(_ place: Int) {
    guard streams.has(place) else { return }
    leave(place)
    streams.remove(at: place)
    present.remove(place)
    taken.remove(place)
    hasNews = true
  }

  // MARK: Rounds

  /// Begins a round of the thread. Returns the places whose sockets must be read.
  ///
  /// - Parameters:
  ///   - ready: the places whose sockets are readable.
  ///   - isTimer: true if the timer has expired, so that all sockets are read.
  @_noLocks @_noAllocation
  package mutating func begin(ready: UInt64, isTimer: Bool) -> UInt64 {
    self.isTimer = isTimer
    guard !isTimer else { return ready | members | onTrial }
    var asked = ready
    var rest = ready & present
    while let place = rest.popLowest() { asked |= streams[place].members }
    return asked
  }

  /// Notes a packet that was read from the socket at `place`.
  @_noLocks @_noAllocation
  package mutating func note(_ packet: PacketArrival, at place: Int, _ now: MonotonicInstant) {
    guard streams.has(place) else { return }
    taken.insert(place)
    let pause = now - streams[place].rhythm.last
    if streams[place].rhythm.note(packet, at: now) {
      leave(place)
      hasNews = true
    }
    if isMeasuring {
      streams[place].rhythm.measure(packet, pause: pause, at: now, since: measurementStart)
      longest = max(longest, packet.packetTime)
      shortest = min(shortest, packet.packetTime)
    } else if members.has(place) {
      weigh(packet.margin, at: place)
    }
  }

  /// Gives up a burst if a member's packet comes too late for the timer, or if one packet after the other has
  /// waited longer than it may: the member has moved behind its leader since the measurement, and waits for the
  /// next one.
  @_noLocks @_noAllocation
  private mutating func weigh(_ margin: Interval, at place: Int) {
    if margin < WakeModeration.reserve { return tight.insert(place) }
    guard margin < streams[place].floor else {
      streams[place].overdue = 0
      return
    }
    streams[place].overdue += 1
    if streams[place].overdue >= 8 { tight.insert(place) }
  }

  /// Ends a round, and decides which sockets the thread waits for next.
  @_noLocks @_noAllocation
  package mutating func end(at now: MonotonicInstant) {
    if tight != 0 { dissolve(tight) }
    if members | onTrial != 0 {
      if isTimer { leaveMissingLeaders(at: now) }
      var rest = taken & waited
      while let place = rest.popLowest() {
        if streams[place].members != 0 { judge(leader: place, at: now) }
      }
    }
    taken = 0
    tight = 0
    isTimer = false
    learn(at: now)
  }

  /// Waits for the socket of a member in addition to its leader's, because its packet is overdue.
  @_noLocks @_noAllocation
  package mutating func watch(_ place: Int) {
    guard members.has(place) else { return }
    members.remove(place)
    onTrial.insert(place)
    streams[place].successes = 0
  }

  // MARK: Bursts

  /// Judges the members after the leader's packet: those without a packet arrive later, or not at all.
  @_noLocks @_noAllocation
  private mutating func judge(leader: Int, at now: MonotonicInstant) {
    var rest = streams[leader].members
    while let place = rest.popLowest() {
      let recent = Interval(nanoseconds: streams[place].rhythm.packetTime.nanoseconds / 2)
      let hasCome = taken.has(place) || now - streams[place].rhythm.last < recent
      if members.has(place) {
        if !hasCome { miss(place) }
      } else if hasCome {
        streams[place].successes += 1
        if streams[place].successes >= streams[place].neededSuccesses {
          onTrial.remove(place)
          members.insert(place)
        }
      } else {
        return replace(leader, by: place, at: now)
      }
    }
  }

  @_noLocks @_noAllocation
  private mutating func miss(_ place: Int) {
    watch(place)
    // A stream that is missed repeatedly stays on trial for longer, so that it seldom changes state.
    streams[place].neededSuccesses = min(2 * streams[place].neededSuccesses, 128)
  }

  /// Makes the stream at `place`, which arrives later than its leader, the new leader.
  @_noLocks @_noAllocation
  private mutating func replace(_ leader: Int, by place: Int, at now: MonotonicInstant) {
    let burst = (streams[leader].members | 1 << UInt64(leader)) & ~(1 << UInt64(place))
    let isRecent = now < streams[leader].leadsSince + longest.times(WakeModeration.restingPackets)
    if isRecent {
      // The two take turns in arriving last.
      leave(place)
      hasNews = true
      return
    }
    onTrial.remove(place)
    members.insert(leader)
    streams[leader].members = 0
    streams[place].members = burst
    streams[place].leader = place
    streams[place].leadsSince = now
    var rest = burst
    while let member = rest.popLowest() { streams[member].leader = place }
  }

  /// Dissolves the bursts whose leader is overdue.
  @_noLocks @_noAllocation
  private mutating func leaveMissingLeaders(at now: MonotonicInstant) {
    var rest = waited
    while let place = rest.popLowest() {
      guard streams[place].members != 0 else { continue }
      let packetTime = streams[place].rhythm.packetTime.nanoseconds
      if (now - streams[place].rhythm.last).nanoseconds > packetTime + packetTime / 2 {
        dissolve(1 << UInt64(place))
      }
    }
  }

  /// The streams of all bursts that contain one of `places`.
  @_noLocks @_noAllocation
  func bursts(of places: UInt64) -> UInt64 {
    var found: UInt64 = 0
    var rest = places & present
    while let place = rest.popLowest() {
      let leader = streams[place].leader
      found |= streams[leader].members | 1 << UInt64(leader)
    }
    return found
  }

  /// Dissolves the bursts that contain one of `places`: each of their streams is alone from now on.
  @_noLocks @_noAllocation
  mutating func dissolve(_ places: UInt64) {
    var rest = bursts(of: places)
    members &= ~rest
    onTrial &= ~rest
    while let place = rest.popLowest() {
      streams[place].leader = place
      streams[place].members = 0
    }
    hasNews = true
  }

  /// Removes the stream at `place` from its burst; a burst that it leads is dissolved.
  @_noLocks @_noAllocation
  private mutating func leave(_ place: Int) {
    let leader = streams[place].leader
    guard leader != place else {
      if streams[place].members != 0 { dissolve(1 << UInt64(place)) }
      return
    }
    streams[leader].members.remove(place)
    streams[place].leader = place
    members.remove(place)
    onTrial.remove(place)
  }
}

/// One stream of ``WakeModeration``.
package struct ModeratedStream: BitwiseCopyable {
  var rhythm = ArrivalRhythm()
  /// Its own place while it is alone or leads; otherwise that of its leader.
  var leader: Int
  /// The places of a leader's followers, including those on trial.
  var members: UInt64 = 0
  /// The smallest margin of a member that waits no longer than it may, and the number of packets in a row with
  /// less.
  var floor = Interval(nanoseconds: 0)
  var overdue = 0
  var leadsSince = MonotonicInstant(nanoseconds: .min / 2)
  /// On trial: the number of packets in a row that were in time, and the number that is required.
  var successes = 0
  var neededSuccesses = 2

  @_noLocks @_noAllocation
  init(leader: Int) { self.leader = leader }
}

extension UInt64 {
  @_noLocks @_noAllocation
  func has(_ place: Int) -> Bool { self >> UInt64(place) & 1 == 1 }

  @_noLocks @_noAllocation
  mutating func insert(_ place: Int) { self |= 1 << UInt64(place) }

  @_noLocks @_noAllocation
  mutating func remove(_ place: Int) { self &= ~(1 << UInt64(place)) }

  /// Removes the lowest place and returns it; nil if there is none.
  @_noLocks @_noAllocation
  mutating func popLowest() -> Int? {
    guard self != 0 else { return nil }
    let place = trailingZeroBitCount
    self &= self &- 1
    return place
  }
}

extension Interval {
  @_noLocks @_noAllocation
  func times(_ count: Int64) -> Interval { Interval(nanoseconds: nanoseconds * count) }
}
