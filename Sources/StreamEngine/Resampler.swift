// SPDX-License-Identifier: MIT
internal import CSampleRate
internal import MediaClock

/// The memory that a receiver needs to resample its stream. The control side makes and frees it; the receive
/// thread uses it from the time it is given until the receiver is returned.
///
/// It takes 77 kB for each channel, so that only streams whose senders do not follow our clock have one.
///
/// The converter is libsamplerate's fast sinc: 97 dB below the signal, flat to 19 kHz.
@safe
public struct Resampler: BitwiseCopyable, @unchecked Sendable {
  /// The number of input frames at once.
  static var block: Int64 { @_noLocks @_noAllocation get { 64 } }
  /// The past frames that one frame depends on, and a few more.
  static var past: Int64 { @_noLocks @_noAllocation get { 24 } }
  /// The input frames after one that are needed to output it.
  static var future: Int64 { @_noLocks @_noAllocation get { 21 } }
  /// The input frames that can wait: 85 ms.
  static var stagedFrames: Int64 { @_noLocks @_noAllocation get { 4_096 } }
  private static var outputCapacity: Int64 { 128 }

  // Safety: one owner at a time; the rooms are `channels` times the frames named above.
  private let memory: aes67_resampler
  let channels: Int

  /// - Parameter channels: 1 to ``DeviceFormat/channels``.
  /// - Returns: nil if there is no memory.
  public init?(channels: Int) {
    var memory = unsafe aes67_resampler()
    guard
      unsafe aes67_resampler_new(
        &memory, Int32(channels), Int32(Resampler.block), Int32(Resampler.outputCapacity),
        Int32(Resampler.stagedFrames))
    else { return nil }
    unsafe self.memory = unsafe memory
    self.channels = channels
  }

  /// The placeholder of a receiver that has not been given one yet.
  @_noLocks @_noAllocation
  init(missingFor channels: Int) {
    unsafe memory = aes67_resampler()
    self.channels = channels
  }

  /// Returns true if it can resample.
  var isThere: Bool { @_noLocks @_noAllocation get { unsafe memory.state != nil } }

  /// Frees all memory, after the receive thread has returned it.
  public func free() {
    var memory = unsafe memory
    unsafe aes67_resampler_free(&memory)
  }

  /// The ring of packets that cannot be resampled yet, addressed by the frame of their timestamps.
  var staged: SampleRing {
    @_noLocks @_noAllocation get {
      unsafe SampleRing(memory.staged, frames: Resampler.stagedFrames, channels: channels)
    }
  }

  @_noLocks @_noAllocation
  func reset() { unsafe aes67_resampler_reset(memory.state) }

  /// Resamples `count` staged frames, at most ``block``, from `frame` on. Returns the number of output frames,
  /// to be fetched with ``fetch(_:to:_:at:)``: one for each `step` of input.
  @_noLocks @_noAllocation
  func convert(
    from frame: DeviceFrame, count: Int64, step: Double
  ) -> Int {
    let columns = Columns(first: 0, count: channels)
    var index = 0
    while index < Int(count) {
      let row = unsafe staged.row(frame + Int64(index), columns)
      let target = unsafe memory.input + index * channels
      var channel = 0
      while channel < channels {
        unsafe target[channel] = Float(row[channel]) * 0x1p-31
        channel += 1
      }
      index += 1
    }
    // It keeps input that it cannot use yet, so that it always takes all.
    var conversion = unsafe aes67_conversion(
      input: memory.input, input_frames: Int(count), output: memory.output,
      output_capacity: Int(Resampler.outputCapacity), output_frames: 0, ratio: 1 / step)
    guard unsafe aes67_resampler_convert(memory.state, &conversion) else { return 0 }
    return unsafe conversion.output_frames
  }

  /// Writes frame `index` of the last output to `frame` of `ring`, with 24 bits.
  @_noLocks @_noAllocation
  func fetch(
    _ index: Int, to ring: SampleRing, _ route: borrowing ChannelRoute, at frame: DeviceFrame
  ) {
    route.forEachRun { fetch(index, to: ring, $0, at: frame) }
  }

  @_noLocks @_noAllocation
  private func fetch(_ index: Int, to ring: SampleRing, _ columns: Columns, at frame: DeviceFrame) {
    let row = unsafe ring.row(frame, columns)
    let source = unsafe memory.output + (index * channels + columns.stream)
    var channel = 0
    while channel < columns.count {
      // Saturated; the shift makes it positive, so that cutting off rounds.
      let shifted = unsafe Double(source[channel]) * 0x1p23 + 0x1p24 + 0.5
      let bounded = max(0x1p23, min(shifted, 0x1p24 + 0x1p23 - 1))
      unsafe row[channel] = (Int32(bounded) - 0x100_0000) << 8
      channel += 1
    }
  }
}
