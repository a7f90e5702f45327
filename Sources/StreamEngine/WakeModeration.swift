// SPDX-License-Identifier: MIT
package import MediaClock
internal import RealTime

/// Which sockets the receive thread waits for, so that streams that arrive together wake it once.
///
/// Streams of one host with one packet time usually leave it together, in the same order each time: a burst. The thread
/// waits for the socket alone whose packet comes last, the leader's, and then asks those of all members.
///
/// | state of a stream | event | next |
/// |---|---|---|
/// | alone: its socket is waited for | a measurement has found it in a burst | leader or member |
/// | member: its socket is asked after the leader's packet | has nothing then | on trial |
/// | on trial: a member whose socket is waited for as well | had its packet in time, several times in a row | member |
/// | on trial | has nothing again | leader: it comes last; or alone, if the leader has only just changed |
/// | any of a burst | the leader stays away, or a member has less than the reserve left | all alone |
///
/// A measurement takes 16 packet times, in which all sockets are waited for. One begins when something has
/// changed, though not before another 64 have passed, and every 4,096. If not all streams came regularly in it, the next one
/// begins after twice as many packet times each time.
///
/// A member can wait for its leader no longer than ``bound(_:)``. If the leader stays away, a timer wakes the thread
/// while ``reserve`` is left until the first frame of a member that may have come must be heard: so moderation makes no frame late.
///
/// Time, readiness and packets come as arguments; what comes out is ``waited``.
package struct WakeModeration: ~Copyable {
  /// What a timer that comes late and a round may take on a busy host.
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
  // A bit for each place.
  /// Streams that there are.
  package private(set) var present: UInt64 = 0
  /// Those whose sockets are not waited for.
  package internal(set) var members: UInt64 = 0
  var onTrial: UInt64 = 0
  /// Those that brought a packet in this round, and those that brought one too late for a member.
  private var taken: UInt64 = 0
  private var tight: UInt64 = 0
  private var isTimer = false

  var isMeasuring = false
  var hasNews = false
  var measurementStart = MonotonicInstant(nanoseconds: 0)
  /// When the next measurement may begin, and when it does without news.
  /// Measurements in a row that did not find all streams regular.
  var failures: Int64 = 0
  var restEnd = MonotonicInstant(nanoseconds: 0)
  var memoryEnd = MonotonicInstant(nanoseconds: 0)
  /// The shortest and the longest packet time of all streams since the last measurement began.
  package internal(set) var shortest = Interval(nanoseconds: 1_000_000)
  var longest = Interval(nanoseconds: 1_000_000)

  /// - Parameter memory: ``memoryByteCount(_:)`` bytes, aligned for a pointer, for this value alone; outlives it.
  package init(in memory: UnsafeMutableRawPointer, capacity: Int) {
    unsafe streams = InPlaceArray(in: memory, capacity: capacity)
  }

  /// The places whose sockets the thread shall wait for, a bit for each.
  package var waited: UInt64 { @_noLocks @_noAllocation get { present & ~members } }

  /// Bursts of more than one stream.
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

  /// Whose packet wakes the thread for the stream at `place`: its own place while it is alone, or a leader.
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

  /// Begins a round of the thread. Returns the places whose sockets are to be asked.
  ///
  /// - Parameters:
  ///   - ready: those that the kernel has found readable.
  ///   - isTimer: the timer has run out, so that everybody is asked.
  @_noLocks @_noAllocation
  package mutating func begin(ready: UInt64, isTimer: Bool) -> UInt64 {
    self.isTimer = isTimer
    guard !isTimer else { return ready | members | onTrial }
    var asked = ready
    var rest = ready & present
    while let place = rest.popLowest() { asked |= streams[place].members }
    return asked
  }

  /// Notes a packet that was taken from the socket at `place`.
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

  /// Gives up a burst of which a member's packet comes too late for a guard, or one packet after the other has waited
  /// longer than it may: since its leader was learned it comes behind it, and waits for the next one.
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

  /// Ends a round, and decides what the thread waits for next.
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

  /// Waits for the socket of a member, besides its leader's: its packet is overdue.
  @_noLocks @_noAllocation
  package mutating func watch(_ place: Int) {
    guard members.has(place) else { return }
    members.remove(place)
    onTrial.insert(place)
    streams[place].successes = 0
  }

  // MARK: Bursts

  /// The leader's packet has come: members that had nothing come later, or not at all.
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
    // Who is missed again and again stays on trial for longer: sockets seldom change sides.
    streams[place].neededSuccesses = min(2 * streams[place].neededSuccesses, 128)
  }

  /// The stream at `place` comes later than its leader: it leads from now on.
  @_noLocks @_noAllocation
  private mutating func replace(_ leader: Int, by place: Int, at now: MonotonicInstant) {
    let burst = (streams[leader].members | 1 << UInt64(leader)) & ~(1 << UInt64(place))
    let isRecent = now < streams[leader].leadsSince + longest.times(WakeModeration.restingPackets)
    if isRecent {
      // Once this one comes last, and once that one.
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

  /// Dissolves the bursts whose leader has not come when it should.
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

  /// The streams of all bursts that `places` are in.
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

  /// Each stream of the bursts that `places` are in is alone from now on.
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

  /// The stream at `place` is alone from now on; what it has led is dissolved.
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

/// One stream of those that ``WakeModeration`` knows.
package struct ModeratedStream: BitwiseCopyable {
  var rhythm = ArrivalRhythm()
  /// Its own place while it is alone or leads.
  var leader: Int
  /// Of a leader: the places that follow it, those on trial included.
  var members: UInt64 = 0
  /// What a member's margin cannot be below while it waits for no longer than it may, and how many packets in a row
  /// were.
  var floor = Interval(nanoseconds: 0)
  var overdue = 0
  var leadsSince = MonotonicInstant(nanoseconds: .min / 2)
  /// On trial: how often in a row its packet was there in time, and how often it must be.
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

  /// Removes the lowest place and returns it; nil when there is none.
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
