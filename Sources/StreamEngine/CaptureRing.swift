// SPDX-License-Identifier: MIT
public import CSharedMemory
public import MediaClock

/// The broadcast ring of received audio, which every capturing program reads. It is the jitter buffer of all
/// receivers.
///
/// The ring is addressed by device frame, so that reordering and duplicate paths are idempotent writes. Slots
/// are silenced before they are written or read: a frame that no packet fills is silent, never old audio
/// (BUF-03). They are silenced as late as possible, because a slot that was just silenced is still in the
/// processor's cache. Only the receive thread writes.
@safe
public struct CaptureRing: ~Copyable {
  /// The writable frames ahead of the play head: more than the greatest link offset (200 ms).
  public static var window: Int64 { @_noLocks @_noAllocation get { 16_384 } }

  /// The frames ahead of the play head that are always silenced: twice as many as pass between two rounds of
  /// the receive thread.
  private static var lead: Int64 { DeviceFormat.milliseconds(10) }

  // Safety: the mapping outlives the engine and holds AES67_RING_FRAMES x AES67_CHANNELS samples.
  private let device: UnsafeMutablePointer<aes67_device>
  /// The samples of the ring.
  public let samples: SampleRing
  /// The first frame that cannot be written yet.
  public private(set) var end: DeviceFrame
  private var cleared: DeviceFrame
  /// Behind the last frame that was opened for a writer.
  private var written = DeviceFrame(0)

  /// - Parameter device: zeroed memory, whose clock starts at frame 0.
  public init(_ device: UnsafeMutablePointer<aes67_device>) {
    unsafe self.device = unsafe device
    unsafe samples = SampleRing(
      aes67_device_capture_ring(device), frames: CaptureRing.frames, channels: DeviceFormat.channels
    )
    end = DeviceFrame(CaptureRing.window)
    cleared = end
    publish()
  }

  private static var frames: Int64 { Int64(AES67_RING_FRAMES) }

  /// Moves the write window to `now`.
  @_noLocks @_noAllocation
  public mutating func advance(to now: DeviceFrame) {
    end = max(end, now + CaptureRing.window)
    silence(through: now + CaptureRing.lead)
  }

  /// Silences the frames up to `target` or the end of the window, as far as that has not been done.
  @_noLocks @_noAllocation
  mutating func open(through target: DeviceFrame) {
    written = max(written, min(target, end))
    silence(through: target)
  }

  @_noLocks @_noAllocation
  private mutating func silence(through target: DeviceFrame) {
    let target = min(target, end)
    guard cleared < target else { return }
    // After a stall of more than a ring everything in it is old.
    let start = target - CaptureRing.frames
    let isOld = cleared < start
    let next = max(cleared, start)
    unsafe aes67_device_set_capture_valid(device, start.index, cleared.index)
    // A slot in which nobody wrote a lap before is silent already.
    let sounding = isOld ? target : min(target, written + CaptureRing.frames)
    if next < sounding { samples.silence(from: next, count: sounding - next) }
    cleared = target
  }

  /// Makes everything written so far visible to readers.
  @_noLocks @_noAllocation
  public func publish() {
    unsafe aes67_device_set_capture_valid(
      device, cleared.index - CaptureRing.frames, cleared.index)
  }
}
