// SPDX-License-Identifier: MIT
internal import MediaClock
internal import RTP

/// The device channel of each channel of a stream, as runs of adjacent channels.
///
/// A block, which nearly every stream has, is a single run and costs nothing extra. The worst route has one run
/// for each channel.
public struct ChannelRoute: Equatable, Sendable, BitwiseCopyable {
  private struct Run: Equatable, BitwiseCopyable {
    var stream: UInt8 = 0
    var device: UInt8 = 0
    var count: UInt8 = 0
  }

  // As many as the device has channels: an inline array's length must be a literal.
  private var runs = InlineArray<64, Run>(repeating: Run())
  /// The number of runs; 0 for a stream without any device channel.
  public private(set) var count = 0
  /// The number of the stream's channels, including those without a device channel.
  public private(set) var channels = 0

  /// A stream without channels.
  public init() {}

  /// - Parameter first: the device channel of the stream's first, from 0.
  public init(block first: Int, channels: Int) {
    for channel in 0..<channels { append(first + channel) }
  }

  /// Adds a channel to the stream, which has fewer than ``DeviceFormat/channels``.
  ///
  /// - Parameter device: its device channel, from 0; nil for none.
  public mutating func append(_ device: Int?) {
    let stream = channels
    channels += 1
    guard let device else { return }
    let last = count > 0 ? runs[count - 1] : Run()
    if count > 0, Int(last.device) + Int(last.count) == device,
      Int(last.stream) + Int(last.count) == stream
    {
      runs[count - 1].count += 1
    } else {
      runs[count] = Run(stream: UInt8(stream), device: UInt8(device), count: 1)
      count += 1
    }
  }

  /// The run at `index`, below `count`.
  subscript(index: Int) -> Columns {
    @_noLocks @_noAllocation get {
      let run = runs[index]
      return Columns(first: Int(run.device), count: Int(run.count), stream: Int(run.stream))
    }
  }

  /// Calls `body` for each run.
  // Inlined: a call would be given a copy of the route.
  @inline(__always) @_noLocks @_noAllocation
  func forEachRun(_ body: (Columns) -> Void) {
    var index = 0
    while index < count {
      body(self[index])
      index += 1
    }
  }

  public static func == (left: ChannelRoute, right: ChannelRoute) -> Bool {
    guard left.channels == right.channels, left.count == right.count else { return false }
    for index in 0..<left.count where left.runs[index] != right.runs[index] { return false }
    return true
  }
}

/// Operations on a stream's channels in a ring, run by run.
extension SampleRing {
  @_noLocks @_noAllocation
  func conceal(
    _ skipped: Int, _ route: borrowing ChannelRoute, from start: DeviceFrame, to end: DeviceFrame,
    packet: Int64, notBefore earliest: DeviceFrame
  ) -> Bool {
    var isBridged = false
    route.forEachRun {
      isBridged = conceal(
        skipped, $0, from: start, to: end, packet: packet, notBefore: earliest)
    }
    return isBridged
  }

  /// Copies a stream's channels from a ring at `frame` to `target` of this one, whose channels are the
  /// stream's.
  @_noLocks @_noAllocation
  func copy(
    _ route: borrowing ChannelRoute, from ring: SampleRing, at frame: DeviceFrame,
    to target: DeviceFrame
  ) {
    route.forEachRun { columns in
      let source = unsafe ring.row(frame, columns)
      let destination = unsafe row(target, Columns(first: columns.stream, count: columns.count))
      var channel = 0
      while channel < columns.count {
        unsafe destination[channel] = source[channel]
        channel += 1
      }
    }
  }

  @_noLocks @_noAllocation
  func fadeOut(_ route: borrowing ChannelRoute, from start: DeviceFrame, length: Int64) {
    route.forEachRun { fadeOut($0, from: start, length: length) }
  }
}
