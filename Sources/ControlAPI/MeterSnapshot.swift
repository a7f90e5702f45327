// SPDX-License-Identifier: MIT

/// How loud every channel is, both ways.
public struct MeterSnapshot: Codable, Equatable, Sendable {
  /// Digital silence, and whatever is as quiet: no 24-bit sample is below -138.5 dBFS.
  public static let silence = -150.0

  /// One channel.
  public struct Level: Codable, Equatable, Sendable {
    /// The greatest sample, in dB below the greatest there is; ``silence`` to 0.
    public var peakDecibels: Double
    /// Root mean square, in dB relative to a sine of full scale (AES17, 3.12): such a sine is at 0, a
    /// full square wave at 3.01.
    public var rmsDecibels: Double
    /// Samples at full scale since somebody began to look.
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

  /// Over how long the levels were taken.
  public var windowMilliseconds: Int
  /// The device frame behind the last one that was measured: between two snapshots with the same, no
  /// time has passed.
  public var deviceFrame: Int64
  /// What all programs together play, device channels 1 to 64.
  public var playback: [Level]
  /// What programs capture, device channels 1 to 64.
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

/// The same in short, many times a second: data of an event `meters`.
public struct MeterPeaks: Codable, Equatable, Sendable {
  /// The greatest sample of each channel, in tenths of a dBFS: -1500 to 0.
  public var playback: [Int]
  public var capture: [Int]
  /// Samples at full scale since somebody began to look.
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
