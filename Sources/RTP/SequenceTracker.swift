// SPDX-License-Identifier: MIT
public import MediaClock

/// The verdict on a packet by its sequence number.
public enum SequenceVerdict: Sendable, BitwiseCopyable, Equatable {
  /// It is the first of its run, or follows the highest number; `skipped` numbers lie between.
  case newest(skipped: Int)
  /// It fills a gap, because it was overtaken.
  case reordered
  /// It was already received.
  case duplicate
  /// It is older than the tracker's window.
  case ancient
  /// It is so far ahead that it belongs to another run; the tracker has begun again with it.
  case restarted
}

/// Tracks which of the last 4096 packets of a stream arrived, and counts the gaps that were not filled in time.
///
/// Sequence numbers are unwrapped to 64 bits (RFC 3550, A.1). A gap is lost once the caller says that its
/// deadline has passed, never earlier: reordering is not loss (RTP-06).
@frozen
public struct SequenceTracker: Sendable, BitwiseCopyable {
  /// The number of tracked packets: half a second at 125 us, more than the greatest link offset.
  @inlinable
  public static var window: Int64 { @_noLocks @_noAllocation get { 4096 } }

  /// The greatest forward jump that counts as loss; a greater one is a restart. 30 s at 1 ms.
  @inlinable
  public static var maximumGap: Int { @_noLocks @_noAllocation get { 30_000 } }

  @usableFromInline var seen = InlineArray<64, UInt64>(repeating: 0)
  @usableFromInline var started = false
  /// The highest number so far, unwrapped.
  public private(set) var highest: Int64 = 0
  /// The number below which all are settled: received, or counted as lost. Above `highest - window`.
  public private(set) var settled: Int64 = 0

  @_noLocks @_noAllocation
  public init() {}

  @inlinable
  public var isStarted: Bool { @_noLocks @_noAllocation get { started } }

  /// Notes the packet `sequence`. Gaps that the window can no longer hold are added to `lost`.
  @_noLocks @_noAllocation
  public mutating func receive(_ sequence: SequenceNumber, lost: inout Int) -> SequenceVerdict {
    guard started else {
      begin(at: sequence)
      return .newest(skipped: 0)
    }
    let last = SequenceNumber(UInt16(truncatingIfNeeded: highest))
    let distance = sequence.distance(from: last)
    let number = highest + Int64(distance)
    if distance > 0 {
      guard distance <= SequenceTracker.maximumGap else {
        begin(at: sequence)
        return .restarted
      }
      let floor = number - SequenceTracker.window + 1
      lost += settle(below: floor)
      if settled < floor {
        // A jump beyond the window: no packet between the old highest and the floor was received.
        lost += Int(floor - settled)
        settled = floor
      }
      forget(from: highest + 1, through: number)
      highest = number
      mark(number)
      return .newest(skipped: distance - 1)
    }
    if number <= highest - SequenceTracker.window { return .ancient }
    if isMarked(number) { return .duplicate }
    mark(number)
    return .reordered
  }

  /// Returns true if `sequence` follows the highest number.
  @inlinable @_noLocks @_noAllocation
  public func isNext(_ sequence: SequenceNumber) -> Bool {
    started && sequence.value == UInt16(truncatingIfNeeded: highest &+ 1)
  }

  /// Notes the packet that follows the highest number, as ``receive(_:lost:)`` would. Returns the number of
  /// lost gaps that the window can no longer hold.
  @_noLocks @_noAllocation
  public mutating func receiveNext() -> Int {
    let number = highest + 1
    let floor = number - SequenceTracker.window + 1
    let lost = settled < floor ? settle(below: floor) : 0
    highest = number
    mark(number)
    return lost
  }

  /// Continues with `sequence` whatever the highest number was, because the timestamps show that nothing is
  /// missing in between: the numbers of some senders repeat, step by more than one, or run backwards. Returns
  /// the number of older gaps that are lost.
  @_noLocks @_noAllocation
  public mutating func goOn(with sequence: SequenceNumber) -> Int {
    let lost = settle(below: highest + 1)
    begin(at: sequence)
    return lost
  }

  /// Settles every number below `limit`: those that were not received are lost. Returns their number.
  @_noLocks @_noAllocation
  public mutating func settle(below limit: Int64) -> Int {
    var lost = 0
    let end = min(limit, highest + 1)
    // At most `window` rounds: `settled` stays within the window of the highest.
    while settled < end {
      if !isMarked(settled) { lost += 1 }
      settled += 1
    }
    return lost
  }

  @_noLocks @_noAllocation
  mutating func begin(at sequence: SequenceNumber) {
    started = true
    for word in 0..<64 { seen[word] = 0 }
    highest = Int64(sequence.value) + 65_536
    settled = highest
    mark(highest)
  }

  @_noLocks @_noAllocation
  mutating func forget(from first: Int64, through last: Int64) {
    guard last - first < SequenceTracker.window else {
      for word in 0..<64 { seen[word] = 0 }
      return
    }
    var number = first
    while number <= last {
      seen[word(number)] &= ~bit(number)
      number += 1
    }
  }

  @_noLocks @_noAllocation
  mutating func mark(_ number: Int64) {
    seen[word(number)] |= bit(number)
  }

  @_noLocks @_noAllocation
  func isMarked(_ number: Int64) -> Bool {
    seen[word(number)] & bit(number) != 0
  }

  @_noLocks @_noAllocation
  func word(_ number: Int64) -> Int { Int((number & (SequenceTracker.window - 1)) >> 6) }

  @_noLocks @_noAllocation
  func bit(_ number: Int64) -> UInt64 { 1 << UInt64(number & 63) }
}
