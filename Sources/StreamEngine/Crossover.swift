// SPDX-License-Identifier: MIT
internal import MediaClock
internal import RTP

/// The change of a stream from one link offset to another. Up to a frame that is the same for the whole group,
/// the old offset is played; then the new one is cross-faded over it.
///
/// Meanwhile every packet is written twice, once for each offset, each with its weight. The order of packets
/// does not matter, nor which of the two offsets is greater.
struct Crossover: BitwiseCopyable {
  /// The length of the cross-fade in frames.
  static var length: Int64 { @_noLocks @_noAllocation get { DeviceFormat.milliseconds(2) } }

  let oldOffset: Int64
  /// The first device frame in which the new offset is audible.
  let start: DeviceFrame

  @_noLocks @_noAllocation
  init(oldOffset: Int64, start: DeviceFrame) {
    self.oldOffset = oldOffset
    self.start = start
  }

  /// The first device frame in which the old offset is no longer audible.
  var end: DeviceFrame { @_noLocks @_noAllocation get { start + Crossover.length } }

  /// Fades the frames in the ring that were written for the old offset, and silences those beyond them.
  @_noLocks @_noAllocation
  func begin(_ ring: SampleRing, _ route: borrowing ChannelRoute, written: DeviceFrame) {
    route.forEachRun { begin(ring, $0, written: written) }
  }

  @_noLocks @_noAllocation
  private func begin(_ ring: SampleRing, _ columns: Columns, written: DeviceFrame) {
    var frame = start
    let fading = min(end, written)
    while frame < fading {
      let weight = Ramp.one - Ramp.weight(frame - start, of: Crossover.length)
      let row = unsafe ring.row(frame, columns)
      var channel = 0
      while channel < columns.count {
        unsafe row[channel] = Ramp.scale(row[channel], weight)
        channel += 1
      }
      frame = frame + 1
    }
    ring.silence(columns, from: end, to: written)
  }

  /// Writes frames `skipped` up to `skipped + count` of a payload; `sampled` is the device frame of the
  /// payload's first frame before any offset.
  @_noLocks @_noAllocation
  func write(
    _ bytes: RawSpan, at offset: Int, encoding: SampleEncoding, _ route: borrowing ChannelRoute,
    count: Int, sampled: DeviceFrame, newOffset: Int64, from playHead: DeviceFrame,
    into ring: SampleRing
  ) {
    var run = 0
    while run < route.count {  // A closure that captures a span counts references in debug builds.
      write(
        bytes, at: offset, encoding, route[run], of: route.channels, count: count,
        sampled: sampled, newOffset: newOffset, from: playHead, into: ring)
      run += 1
    }
  }

  @_noLocks @_noAllocation
  private func write(
    _ bytes: RawSpan, at offset: Int, _ encoding: SampleEncoding, _ columns: Columns,
    of channels: Int, count: Int, sampled: DeviceFrame, newOffset: Int64,
    from playHead: DeviceFrame, into ring: SampleRing
  ) {
    let stride = channels * encoding.bytesPerSample
    let offset = offset + columns.stream * encoding.bytesPerSample
    var index = 0
    while index < count {
      let payload = offset + index * stride
      let old = sampled + (Int64(index) + oldOffset)
      let new = sampled + (Int64(index) + newOffset)
      if old < end, !(old < playHead) {
        let weight = Ramp.one - Ramp.weight(old - start, of: Crossover.length)
        let row = unsafe ring.row(old, columns)
        unsafe put(bytes, payload, encoding, columns.count, weight, adds: !(old < start), row)
      }
      if !(new < start), !(new < playHead) {
        let weight = Ramp.weight(new - start, of: Crossover.length)
        let row = unsafe ring.row(new, columns)
        unsafe put(bytes, payload, encoding, columns.count, weight, adds: new < end, row)
      }
      index += 1
    }
  }

  @unsafe @_noLocks @_noAllocation
  private func put(
    _ bytes: RawSpan, _ offset: Int, _ encoding: SampleEncoding, _ count: Int, _ weight: Int64,
    adds: Bool, _ row: UnsafeMutablePointer<Int32>
  ) {
    var channel = 0
    while channel < count {
      let sample = SampleCodec.sample(
        bytes, at: offset + channel * encoding.bytesPerSample, encoding)
      let scaled = Ramp.scale(sample, weight)
      unsafe row[channel] = adds ? Ramp.sum(row[channel], scaled) : scaled
      channel += 1
    }
  }
}
