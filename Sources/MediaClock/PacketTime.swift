// SPDX-License-Identifier: MIT

/// The duration of the audio in a packet (AES67, 7.2), as frames at 48 kHz: the exact number that "0.33 ms"
/// only approximates.
@frozen
public struct PacketTime: Hashable, Sendable, BitwiseCopyable {
  public let frames: Int

  @usableFromInline
  init(frames: Int) { self.frames = frames }

  public static let us125 = PacketTime(frames: 6)
  public static let us250 = PacketTime(frames: 12)
  public static let us333 = PacketTime(frames: 16)
  public static let ms1 = PacketTime(frames: 48)
  public static let ms4 = PacketTime(frames: 192)

  /// The greatest number of frames of any packet time.
  @inlinable
  public static var maximumFrames: Int { @_noLocks @_noAllocation get { 192 } }

  /// In microseconds, rounded: 333 for a third of a millisecond.
  public var microseconds: Int {
    @_noLocks @_noAllocation get {
      let second = Int(DeviceFormat.second)
      return (frames * 1_000_000 + second / 2) / second
    }
  }

  /// The packet time whose length is `interval` to within half a frame, which is how ptime is read
  /// (AES67, 8.1).
  public init?(_ interval: Interval) {
    switch SampleRate.hz48000.frames(in: interval) {
    case 6: self = .us125
    case 12: self = .us250
    case 16: self = .us333
    case 48: self = .ms1
    case 192: self = .ms4
    default: return nil
    }
  }

  /// The packet time of so many microseconds, rounded; nil if senders may not use it.
  public init?(microseconds: Int64) {
    switch microseconds {
    case 125: self = .us125
    case 250: self = .us250
    case 333: self = .us333
    case 1000: self = .ms1
    case 4000: self = .ms4
    default: return nil
    }
  }

  /// The greatest number of L24 channels that fit in a 1440-byte payload (AES-09, AES-10).
  public var maximumL24Channels: Int { @_noLocks @_noAllocation get { 1440 / (frames * 3) } }
}
