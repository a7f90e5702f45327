// SPDX-License-Identifier: MIT
internal import MediaClock
internal import RealTime

/// The measurements, and the bursts that they find.
// Loops count by hand: a range would allocate in a debug build.
extension WakeModeration {
  /// The shortest useful wait; below it nothing is moderated, because a burst is hardly ever shorter.
  private static var minimumBound: Int64 { @_noLocks @_noAllocation get { 50_000 } }

  /// The length of a frame, because margins are measured in whole frames.
  private var frame: Int64 { @_noLocks @_noAllocation get { 1_000_000_000 / DeviceFormat.second } }

  /// Ends or begins a measurement when it is time.
  @_noLocks @_noAllocation
  mutating func learn(at now: MonotonicInstant) {
    if isMeasuring {
      guard now - measurementStart >= longest.times(WakeModeration.measuredPackets) else { return }
      isMeasuring = false
      let isSettled = formBursts(at: now)
      failures = isSettled || hasNews ? 0 : min(failures + 1, 6)
      if !isSettled { hasNews = true }
      restEnd = now + longest.times(WakeModeration.restingPackets << failures)
      memoryEnd = now + longest.times(WakeModeration.rememberedPackets)
      return
    }
    // A single stream has no other to share a wake-up with.
    guard present & (present &- 1) != 0, now >= (hasNews ? restEnd : memoryEnd) else { return }
    beginMeasuring(at: now)
  }

  @_noLocks @_noAllocation
  private mutating func beginMeasuring(at now: MonotonicInstant) {
    dissolve(members | onTrial)
    hasNews = false
    isMeasuring = true
    measurementStart = now
    var rest = present
    longest = Interval(nanoseconds: 0)
    shortest = Interval(nanoseconds: .max)
    while let place = rest.popLowest() {
      streams[place].rhythm.beginMeasuring()
      streams[place].neededSuccesses = 2
      let packetTime = streams[place].rhythm.packetTime
      guard packetTime.nanoseconds > 0 else { continue }
      longest = max(longest, packetTime)
      shortest = min(shortest, packetTime)
    }
    if longest.nanoseconds == 0 {
      longest = Interval(nanoseconds: 1_000_000)
      shortest = longest
    }
  }

  /// The time for which a stream's packet may wait for its leader's, in nanoseconds: half of the smallest
  /// margin beyond the reserve, but not more than half a packet time; 0 if that is below the useful minimum.
  @_noLocks @_noAllocation
  func bound(_ place: Int) -> Int64 {
    let rhythm = streams[place].rhythm
    let spare = (rhythm.margin - WakeModeration.reserve).nanoseconds / 2
    let bound = min(spare, rhythm.packetTime.nanoseconds / 2)
    return bound < WakeModeration.minimumBound ? 0 : bound
  }

  /// Returns true if all streams arrived regularly, and can be moderated.
  @_noLocks @_noAllocation
  private mutating func formBursts(at now: MonotonicInstant) -> Bool {
    let length = now - measurementStart
    var rest = present
    var fit: UInt64 = 0
    while let place = rest.popLowest() {
      if streams[place].rhythm.isRegular(over: length), bound(place) > 0 { fit.insert(place) }
    }
    let isSettled = fit == present
    while fit != 0 {
      let group = alike(fit.trailingZeroBitCount, among: fit)
      fit &= ~group
      if group & (group &- 1) != 0 { formBursts(among: group, at: now) }
    }
    return isSettled
  }

  /// The streams of the same host with the same packet time.
  @_noLocks @_noAllocation
  private func alike(_ first: Int, among places: UInt64) -> UInt64 {
    let source = streams[first].rhythm.source
    let packetTime = streams[first].rhythm.packetTime.nanoseconds
    var found: UInt64 = 0
    var rest = places
    while let place = rest.popLowest() {
      let rhythm = streams[place].rhythm
      if rhythm.source == source, rhythm.packetTime.nanoseconds == packetTime {
        found.insert(place)
      }
    }
    return found
  }

  /// Divides streams of one host and packet time into bursts as long as their bounds allow.
  @_noLocks @_noAllocation
  private mutating func formBursts(among group: UInt64, at now: MonotonicInstant) {
    let origin = streams[firstBehindGap(group)].rhythm.phase
    var left = group
    while let head = earliest(left, behind: origin) {
      left.remove(head)
      let start = streams[head].rhythm.distance(behind: origin)
      var longestWait = bound(head)
      var burst: UInt64 = 1 << UInt64(head)
      var last = head
      while let next = earliest(left, behind: origin) {
        longestWait = min(longestWait, bound(next))
        guard streams[next].rhythm.distance(behind: origin) - start <= longestWait else { break }
        left.remove(next)
        burst.insert(next)
        last = next
      }
      form(burst, leader: last)
    }
  }

  /// The stream after the longest pause, with which a burst begins.
  // Bounded by the square of the streams, once a measurement.
  @_noLocks @_noAllocation
  private func firstBehindGap(_ group: UInt64) -> Int {
    var first = group.trailingZeroBitCount
    var greatest: Int64 = -1
    var rest = group
    while let place = rest.popLowest() {
      var gap = Int64.max
      var others = group & ~(1 << UInt64(place))
      while let other = others.popLowest() {
        let distance = streams[place].rhythm.distance(behind: streams[other].rhythm.phase)
        // Streams that arrive together with it are not before it.
        if distance > 0 { gap = min(gap, distance) }
      }
      if gap > greatest {
        greatest = gap
        first = place
      }
    }
    return first
  }

  /// The stream that arrives next. If several were always read together, the present leader counts as the last.
  @_noLocks @_noAllocation
  private func earliest(_ places: UInt64, behind origin: Int64) -> Int? {
    var found: Int?
    var least = Int64.max
    var ledSince = MonotonicInstant(nanoseconds: .max)
    var rest = places
    while let place = rest.popLowest() {
      let distance = streams[place].rhythm.distance(behind: origin)
      if distance < least || distance == least && streams[place].leadsSince < ledSince {
        least = distance
        ledSince = streams[place].leadsSince
        found = place
      }
    }
    return found
  }

  @_noLocks @_noAllocation
  private mutating func form(_ burst: UInt64, leader: Int) {
    let others = burst & ~(1 << UInt64(leader))
    streams[leader].members = others
    members |= others
    var rest = others
    while let place = rest.popLowest() {
      streams[place].leader = leader
      streams[place].floor =
        streams[place].rhythm.margin - Interval(nanoseconds: bound(place) + frame)
      streams[place].overdue = 0
    }
  }
}
