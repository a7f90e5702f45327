// SPDX-License-Identifier: MIT
internal import MediaClock

/// The concealment of missing packets: the neighbouring samples are mirrored into the gap, so that neither edge
/// clicks and no received frame is changed (RTP-06).
///
/// Mirrored samples join their original without a step. A packet that arrives after all overwrites its
/// concealment.
extension SampleRing {
  /// The longest fade when a stream stops.
  static var maximumFade: Int64 { @_noLocks @_noAllocation get { DeviceFormat.milliseconds(1) } }

  /// Conceals `skipped` packets between `start` and `end`, whose neighbours of `packet` frames have arrived;
  /// nothing before `earliest` is changed. Returns true if a single packet was missing, which is bridged.
  @_noLocks @_noAllocation
  func conceal(
    _ skipped: Int, _ columns: Columns, from start: DeviceFrame, to end: DeviceFrame,
    packet: Int64, notBefore earliest: DeviceFrame
  ) -> Bool {
    let length = end - start
    if skipped == 1, length <= packet, start - earliest >= 0 {
      bridge(columns, from: start, to: end)
      return true
    }
    let fade = min(min(SampleRing.maximumFade, packet), length / 2)
    if start - earliest >= 0 { fadeOut(columns, from: start, length: fade) }
    if end - earliest >= fade { fadeIn(columns, to: end, length: fade) }
    return false
  }

  /// Fills the gap from `start` up to `end`, both of whose neighbours have arrived: the past fades into the
  /// future.
  @_noLocks @_noAllocation
  func bridge(_ columns: Columns, from start: DeviceFrame, to end: DeviceFrame) {
    let length = end - start
    var index: Int64 = 0
    while index < length {
      let weight = Ramp.weight(2 * index + 1, of: 2 * length)
      let past = unsafe row(start - (index + 1), columns)
      let future = unsafe row(end + (length - 1 - index), columns)
      let target = unsafe row(start + index, columns)
      var channel = 0
      while channel < columns.count {
        unsafe target[channel] = Ramp.sum(
          Ramp.scale(past[channel], Ramp.one - weight), Ramp.scale(future[channel], weight))
        channel += 1
      }
      index += 1
    }
  }

  /// Fades out the audio that ends at `start`, within `length` frames.
  @_noLocks @_noAllocation
  func fadeOut(_ columns: Columns, from start: DeviceFrame, length: Int64) {
    var index: Int64 = 0
    while index < length {
      let weight = Ramp.one - Ramp.weight(index + 1, of: length + 1)
      unsafe copy(columns, from: start - (index + 1), to: start + index, weight)
      index += 1
    }
  }

  /// Fades in the audio that begins at `end`, within the `length` frames before it.
  @_noLocks @_noAllocation
  func fadeIn(_ columns: Columns, to end: DeviceFrame, length: Int64) {
    var index: Int64 = 0
    while index < length {
      let weight = Ramp.one - Ramp.weight(index + 1, of: length + 1)
      unsafe copy(columns, from: end + index, to: end - (index + 1), weight)
      index += 1
    }
  }

  @unsafe @_noLocks @_noAllocation
  private func copy(
    _ columns: Columns, from source: DeviceFrame, to target: DeviceFrame, _ weight: Int64
  ) {
    let from = unsafe row(source, columns)
    let to = unsafe row(target, columns)
    var channel = 0
    while channel < columns.count {
      unsafe to[channel] = Ramp.scale(from[channel], weight)
      channel += 1
    }
  }
}
