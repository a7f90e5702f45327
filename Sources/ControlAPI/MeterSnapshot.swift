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
