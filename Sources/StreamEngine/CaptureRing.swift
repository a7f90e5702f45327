// SPDX-License-Identifier: MIT
public import CSharedMemory
public import MediaClock
public import RTP

/// The broadcast ring in which received audio waits for its moment, and from which every capturing
/// program reads: it is the jitter buffer of all receivers.
///
/// Addressed by device frame, so that reordering and duplicate paths are idempotent writes. Slots are
/// silenced before the write window reaches them: what nobody wrote is silence, never old audio
/// (BUF-03). Only the receive thread writes.
@safe
public struct CaptureRing: ~Copyable {
  /// Frames ahead of the play head that are writable: more than the greatest link offset (200 ms).
  public static var window: Int64 { @_noLocks @_noAllocation get { 16_384 } }

  // Safety: the mapping outlives the engine and holds AES67_RING_FRAMES x AES67_CHANNELS samples;
  // every index is reduced modulo the ring before use.
  private let device: UnsafeMutablePointer<aes67_device>
  private let samples: UnsafeMutablePointer<Int32>
  private var cleared: DeviceFrame

  /// - Parameter device: fresh memory, all zero, whose clock starts at frame 0.
  public init(_ device: UnsafeMutablePointer<aes67_device>) {
    unsafe self.device = unsafe device
    unsafe samples = unsafe aes67_device_capture_ring(device)
    cleared = DeviceFrame(CaptureRing.window)
    publish()
  }

  private static var frames: Int64 { @_noLocks @_noAllocation get { Int64(AES67_RING_FRAMES) } }
  private static var channels: Int { @_noLocks @_noAllocation get { Int(AES67_CHANNELS) } }

  /// The first frame that may not be written yet.
  public var end: DeviceFrame { @_noLocks @_noAllocation get { cleared } }

  /// Silences what comes into the write window at `now`, and publishes what readers may trust.
  @_noLocks @_noAllocation
  public mutating func advance(to now: DeviceFrame) {
    let target = now + CaptureRing.window
    guard cleared < target else { return }
    // After a stall of more than a ring everything in it is old.
    var next = max(cleared, target + -CaptureRing.frames)
    unsafe aes67_device_set_capture_valid(device, target.index - CaptureRing.frames, cleared.index)
    while next < target {  // At most two rounds: the ring wraps once.
      let slot = next.index & (CaptureRing.frames - 1)
      let run = min(target - next, CaptureRing.frames - slot)
      unsafe (samples + Int(slot) * CaptureRing.channels)
        .update(repeating: 0, count: Int(run) * CaptureRing.channels)
      next = next + run
    }
    cleared = target
    publish()
  }

  /// Makes everything written so far visible to readers that look from now on.
  @_noLocks @_noAllocation
  public func publish() {
    unsafe aes67_device_set_capture_valid(
      device, cleared.index - CaptureRing.frames, cleared.index)
  }

  /// Decodes `count` frames of the payload at `offset` in `bytes` to the slots from `frame` on; the
  /// first `skipped` frames of the payload are passed over.
  ///
  /// The caller has checked that the frames lie in the window and the channels on the device.
  @_noLocks @_noAllocation
  public func write(
    _ bytes: RawSpan, at offset: Int, encoding: SampleEncoding, channels: Int, firstChannel: Int,
    skipping skipped: Int, count: Int, at frame: DeviceFrame
  ) {
    let stride = channels * encoding.bytesPerSample
    var index = 0
    while index < count {
      let slot = (frame.index &+ Int64(index)) & (CaptureRing.frames - 1)
      let target = unsafe samples + (Int(slot) * CaptureRing.channels + firstChannel)
      let source = offset + (skipped + index) * stride
      switch encoding {
      case .l24: unsafe SampleCodec.unpackL24(bytes, at: source, to: target, count: channels)
      case .l16: unsafe SampleCodec.unpackL16(bytes, at: source, to: target, count: channels)
      }
      index += 1
    }
  }
}
