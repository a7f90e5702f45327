// SPDX-License-Identifier: MIT
public import CSharedMemory
public import MediaClock

/// Reads the device clock that the daemon publishes in shared memory, as every ALSA client does.
///
/// It keeps the last reading: if reads collide with the writer again and again, the old map is still accurate
/// to a fraction of a frame.
@safe
public struct SharedClock: ~Copyable {
  // Safety: the device page outlives the engine; only the accessors of the header touch it.
  private let clock: UnsafePointer<aes67_clock>
  private var last: DeviceClock

  public init(_ clock: UnsafePointer<aes67_clock>) {
    unsafe self.clock = unsafe clock
    last = DeviceClock(
      relation: ClockRelation(
        base: MonotonicInstant(nanoseconds: 0), frame: DeviceFrame(0), fraction: 0, rate: 0),
      mediaOffset: MediaOffset(frames: 0), state: .freeRunning, generation: 0)
  }

  /// The published clock.
  @_noLocks @_noAllocation
  public mutating func read() -> DeviceClock {
    var snapshot = aes67_clock_snapshot()
    guard unsafe aes67_clock_read(clock, &snapshot) else { return last }
    last = DeviceClock(snapshot)
    return last
  }
}

extension DeviceClock {
  @_noLocks @_noAllocation
  public init(_ snapshot: aes67_clock_snapshot) {
    self.init(
      relation: ClockRelation(
        base: MonotonicInstant(nanoseconds: snapshot.monotonic_ns),
        frame: DeviceFrame(snapshot.frame), fraction: snapshot.fraction, rate: snapshot.rate),
      mediaOffset: MediaOffset(frames: snapshot.media_offset),
      state: ClockState(rawValue: snapshot.state) ?? .freeRunning,
      generation: snapshot.generation)
  }

  /// The same values in the layout of the shared memory.
  public var snapshot: aes67_clock_snapshot {
    aes67_clock_snapshot(
      monotonic_ns: relation.base.nanoseconds, frame: relation.frame.index,
      fraction: relation.fraction, rate: relation.rate, media_offset: mediaOffset.frames,
      state: state.rawValue, generation: generation)
  }
}
