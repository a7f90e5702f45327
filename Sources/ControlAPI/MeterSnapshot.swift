// SPDX-License-Identifier: MIT

/// The levels of all channels in both directions.
public struct MeterSnapshot: Codable, Equatable, Sendable {
  /// The level of digital silence and of everything below the smallest 24-bit sample, which is at -138.5 dBFS.
  public static let silence = -150.0

  /// The level of one channel.
  public struct Level: Codable, Equatable, Sendable {
    /// The sample peak in dBFS; ``silence`` to 0.
    public var peakDecibels: Double
    /// The root mean square, in dB relative to a full-scale sine (AES17, 3.12): such a sine is at 0, a
    /// full-scale square wave at 3.01.
    public var rmsDecibels: Double
    /// Samples at full scale since metering began.
    public var clips: UInt64

    public init(
      peakDecibels: Double = MeterSnapshot.silence, rmsDecibels: Double = MeterSnapshot.silence,
      clips: UInt64 = 0
    ) {
      self.peakDecibels = peakDecibels
      self.rmsDecibels = rmsDecibels
      self.clips = clips
    }
  }

  /// The time over which the levels were taken.
  public var windowMilliseconds: Int
  /// The device frame after the last measured one. Two snapshots with the same frame are the same measurement.
  public var deviceFrame: Int64
  /// The mix of all programs, device channels 1 to 64.
  public var playback: [Level]
  /// The received audio, device channels 1 to 64.
  public var capture: [Level]

  public init(
    windowMilliseconds: Int, deviceFrame: Int64, playback: [Level], capture: [Level]
  ) {
    self.windowMilliseconds = windowMilliseconds
    self.deviceFrame = deviceFrame
    self.playback = playback
    self.capture = capture
  }
}

/// The levels in short form, many times a second: data of an event `meters`.
public struct MeterPeaks: Codable, Equatable, Sendable {
  /// The sample peak of each channel, in tenths of a dBFS: -1500 to 0.
  public var playback: [Int]
  public var capture: [Int]
  /// Samples at full scale since metering began.
  public var playbackClips: [UInt64]
  public var captureClips: [UInt64]

  public init(_ snapshot: MeterSnapshot) {
    func tenths(_ level: MeterSnapshot.Level) -> Int { Int((10 * level.peakDecibels).rounded()) }
    playback = snapshot.playback.map(tenths)
    capture = snapshot.capture.map(tenths)
    playbackClips = snapshot.playback.map(\.clips)
    captureClips = snapshot.capture.map(\.clips)
  }
}
