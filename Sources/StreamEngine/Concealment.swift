// SPDX-License-Identifier: MIT
internal import MediaClock

/// What is heard where nothing came: the neighbours mirrored into the gap, so that neither edge clicks
/// and no frame that did come is touched (RTP-06).
///
/// Mirrored samples join their original without a step. A packet that comes after all overwrites what
/// was made up for it.
extension SampleRing {
  /// The longest fade where a stream breaks off.
  static var maximumFade: Int64 { @_noLocks @_noAllocation get { DeviceFormat.milliseconds(1) } }

  /// Makes up for `skipped` packets between `start` and `end`, whose neighbours of `packet` frames are
  /// there; nothing before `earliest` is touched. Returns true if it was a single one, which is bridged.
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

  /// Fills the gap from `start` up to `end`, both of whose neighbours are there: the past fades into
  /// the future.
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

  /// Lets what ends at `start` die away within `length` frames.
  @_noLocks @_noAllocation
  func fadeOut(_ columns: Columns, from start: DeviceFrame, length: Int64) {
    var index: Int64 = 0
    while index < length {
      let weight = Ramp.one - Ramp.weight(index + 1, of: length + 1)
      unsafe copy(columns, from: start - (index + 1), to: start + index, weight)
      index += 1
    }
  }

  /// Lets what begins at `end` rise within the `length` frames before it.
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
