// SPDX-License-Identifier: MIT
internal import CALSA

/// An ALSA device to play to, in a format and at a rate that it supports itself.
///
/// It starts as soon as its buffer holds the fill that it was opened for.
@safe
package struct PlaybackDevice: ~Copyable {
  /// The formats, the best first. Plug-in devices support each of them.
  private static let formats = [SND_PCM_FORMAT_S32_LE, SND_PCM_FORMAT_S16_LE]

  // Safety: from snd_pcm_open to snd_pcm_close, which the end of this value calls.
  private let pcm: OpaquePointer
  private let format: snd_pcm_format_t
  package let channels: Int
  /// The frames per second by the device's own clock.
  package let rate: Int

  /// - Parameters:
  ///   - name: the name of the ALSA device.
  ///   - rate: the requested frames per second; the device may have another rate.
  ///   - fillMilliseconds: the fill of its buffer, which has space for four times as much.
  package init(
    opening name: String, channels: Int, rate: Int, fillMilliseconds: Int
  ) throws(SoundDeviceError) {
    var pcm: OpaquePointer?
    let code = unsafe snd_pcm_open(&pcm, name, SND_PCM_STREAM_PLAYBACK, 0)
    guard code == 0, let pcm = unsafe pcm else { throw SoundDeviceError(name, code) }
    let found: (format: snd_pcm_format_t, rate: Int, bufferFrames: Int)
    do throws(SoundDeviceError) {
      found = try unsafe Self.configure(pcm, channels, rate, fillMilliseconds)
      let start = try Self.startFrames(
        fillMilliseconds: fillMilliseconds, rate: found.rate, bufferFrames: found.bufferFrames)
      try unsafe Self.setStart(pcm, snd_pcm_uframes_t(start))
    } catch {
      unsafe snd_pcm_close(pcm)
      throw error
    }
    unsafe self.pcm = unsafe pcm
    format = found.format
    self.rate = found.rate
    self.channels = channels
  }

  /// The number of frames at which the device starts.
  ///
  /// - Throws: if its buffer is smaller: it would never start, and writing would never end.
  static func startFrames(
    fillMilliseconds: Int, rate: Int, bufferFrames: Int
  ) throws(SoundDeviceError) -> Int {
    let frames = rate * fillMilliseconds / 1_000
    guard frames <= bufferFrames else {
      throw SoundDeviceError(
        "its buffer holds \(bufferFrames * 1_000 / rate) ms, not \(fillMilliseconds) ms: choose a shorter"
          + " latency")
    }
    return frames
  }

  private static func configure(
    _ pcm: OpaquePointer, _ channels: Int, _ rate: Int, _ fillMilliseconds: Int
  ) throws(SoundDeviceError) -> (format: snd_pcm_format_t, rate: Int, bufferFrames: Int) {
    var parameters: OpaquePointer?
    _ = unsafe snd_pcm_hw_params_malloc(&parameters)
    defer { unsafe snd_pcm_hw_params_free(parameters) }
    var actualRate = UInt32(rate)
    var period = UInt32(fillMilliseconds * 1_000 / 4)
    var buffer = UInt32(fillMilliseconds * 1_000 * 4)
    var direction: Int32 = 0
    func check(_ what: String, _ code: Int32) throws(SoundDeviceError) {
      if code < 0 { throw SoundDeviceError(what, code) }
    }
    try check("hw_params", unsafe snd_pcm_hw_params_any(pcm, parameters))
    try check(
      "access",
      unsafe snd_pcm_hw_params_set_access(pcm, parameters, SND_PCM_ACCESS_RW_INTERLEAVED))
    let format = formats.first {
      unsafe snd_pcm_hw_params_set_format(pcm, parameters, $0) == 0
    }
    guard let format else { throw SoundDeviceError("32 or 16 bits", -EINVAL) }
    try check(
      "\(channels) channels",
      unsafe snd_pcm_hw_params_set_channels(pcm, parameters, UInt32(channels)))
    try check(
      "rate", unsafe snd_pcm_hw_params_set_rate_near(pcm, parameters, &actualRate, &direction))
    try check(
      "period",
      unsafe snd_pcm_hw_params_set_period_time_near(pcm, parameters, &period, &direction))
    try check(
      "buffer",
      unsafe snd_pcm_hw_params_set_buffer_time_near(pcm, parameters, &buffer, &direction))
    try check("hw_params", unsafe snd_pcm_hw_params(pcm, parameters))
    var bufferFrames: snd_pcm_uframes_t = 0
    try check("buffer", unsafe snd_pcm_hw_params_get_buffer_size(parameters, &bufferFrames))
    return (format, Int(actualRate), Int(bufferFrames))
  }

  private static func setStart(
    _ pcm: OpaquePointer, _ frames: snd_pcm_uframes_t
  ) throws(SoundDeviceError) {
    var parameters: OpaquePointer?
    _ = unsafe snd_pcm_sw_params_malloc(&parameters)
    defer { unsafe snd_pcm_sw_params_free(parameters) }
    let steps: [Int32] = unsafe [
      snd_pcm_sw_params_current(pcm, parameters),
      snd_pcm_sw_params_set_start_threshold(pcm, parameters, frames),
      snd_pcm_sw_params(pcm, parameters),
    ]
    if let refused = steps.first(where: { $0 < 0 }) {
      throw SoundDeviceError("sw_params", refused)
    }
  }

  /// Plays interleaved frames of samples from -1 to 1.
  ///
  /// - Returns: false after an underrun: the device has stopped, and starts when its buffer is filled again.
  package borrowing func write(_ samples: [Float]) throws(SoundDeviceError) -> Bool {
    if format == SND_PCM_FORMAT_S32_LE {
      try write(samples.map { Int32(clamping: Int64(Double($0) * 2_147_483_648)) })
    } else {
      try write(samples.map { Int16(clamping: Int(($0 * 32_768).rounded())) })
    }
  }

  private borrowing func write<Sample>(_ samples: [Sample]) throws(SoundDeviceError) -> Bool {
    var written = 0
    while written < samples.count / channels {
      let start = written * channels * MemoryLayout<Sample>.stride
      let count = unsafe samples.withUnsafeBytes {
        unsafe snd_pcm_writei(
          pcm, UnsafeRawBufferPointer(rebasing: $0[start...]).baseAddress,
          snd_pcm_uframes_t(samples.count / channels - written))
      }
      guard count >= 0 else {
        let recovered = unsafe snd_pcm_recover(pcm, Int32(count), 1)
        guard recovered == 0 else { throw SoundDeviceError("playing", Int32(count)) }
        return false
      }
      written += count
    }
    return true
  }

  /// Discards audio that was not played yet, and waits for its buffer to be filled.
  package borrowing func restart() throws(SoundDeviceError) {
    _ = unsafe snd_pcm_drop(pcm)
    let code = unsafe snd_pcm_prepare(pcm)
    if code < 0 { throw SoundDeviceError("playing", code) }
  }

  /// The present number of frames from the last written one until it is played; nil while it does not play.
  package borrowing func delayFrames() -> Int? {
    var delay: snd_pcm_sframes_t = 0
    let code = unsafe snd_pcm_delay(pcm, &delay)
    let isRunning = unsafe snd_pcm_state(pcm) == SND_PCM_STATE_RUNNING
    return code == 0 && isRunning ? Int(delay) : nil
  }

  deinit { _ = unsafe snd_pcm_close(pcm) }
}
