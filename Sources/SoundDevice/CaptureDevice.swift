// SPDX-License-Identifier: MIT
internal import CALSA

/// An ALSA device to record from: 32-bit samples, interleaved.
@safe
package struct CaptureDevice: ~Copyable {
  /// The size of the buffer for a late reader: 170 ms.
  private static let bufferFrames: snd_pcm_uframes_t = 8_160

  /// The result of a read.
  package enum Block {
    case frames([Int32])
    /// Frames are missing before the next block.
    case overrun
  }

  // Safety: from snd_pcm_open to snd_pcm_close, which the end of this value calls.
  private let pcm: OpaquePointer
  private let channels: Int
  private let blockFrames: Int

  /// - Parameters:
  ///   - name: the name of the ALSA device.
  ///   - rate: frames per second.
  ///   - blockFrames: the frames of a read.
  package init(
    opening name: String, channels: Int, rate: Int, blockFrames: Int
  ) throws(SoundDeviceError) {
    var pcm: OpaquePointer?
    let code = unsafe snd_pcm_open(&pcm, name, SND_PCM_STREAM_CAPTURE, 0)
    guard code == 0, let pcm = unsafe pcm else { throw SoundDeviceError(name, code) }
    do throws(SoundDeviceError) {
      try unsafe Self.configure(pcm, channels, rate, blockFrames)
    } catch {
      unsafe snd_pcm_close(pcm)
      throw error
    }
    unsafe self.pcm = unsafe pcm
    self.channels = channels
    self.blockFrames = blockFrames
  }

  private static func configure(
    _ pcm: OpaquePointer, _ channels: Int, _ rate: Int, _ blockFrames: Int
  ) throws(SoundDeviceError) {
    var parameters: OpaquePointer?
    _ = unsafe snd_pcm_hw_params_malloc(&parameters)
    defer { unsafe snd_pcm_hw_params_free(parameters) }
    var buffer = bufferFrames
    var period = snd_pcm_uframes_t(blockFrames)
    var direction: Int32 = 0
    let steps: [(String, Int32)] = unsafe [
      ("hw_params", snd_pcm_hw_params_any(pcm, parameters)),
      ("access", snd_pcm_hw_params_set_access(pcm, parameters, SND_PCM_ACCESS_RW_INTERLEAVED)),
      ("format", snd_pcm_hw_params_set_format(pcm, parameters, SND_PCM_FORMAT_S32_LE)),
      ("channels", snd_pcm_hw_params_set_channels(pcm, parameters, UInt32(channels))),
      ("rate", snd_pcm_hw_params_set_rate(pcm, parameters, UInt32(rate), 0)),
      ("period", snd_pcm_hw_params_set_period_size_near(pcm, parameters, &period, &direction)),
      ("buffer", snd_pcm_hw_params_set_buffer_size_near(pcm, parameters, &buffer)),
      ("hw_params", snd_pcm_hw_params(pcm, parameters)),
    ]
    if let refused = steps.first(where: { $0.1 < 0 }) {
      throw SoundDeviceError(refused.0, refused.1)
    }
  }

  /// Waits for the next frames; the first call starts the device.
  package borrowing func read() throws(SoundDeviceError) -> Block {
    var samples = [Int32](repeating: 0, count: blockFrames * channels)
    let count = unsafe samples.withUnsafeMutableBytes {
      unsafe snd_pcm_readi(pcm, $0.baseAddress, snd_pcm_uframes_t(blockFrames))
    }
    if count >= 0 {
      samples.removeLast(samples.count - count * channels)
      return .frames(samples)
    }
    let recovered = unsafe snd_pcm_recover(pcm, Int32(count), 1)
    guard recovered == 0 else { throw SoundDeviceError("reading", Int32(count)) }
    return .overrun
  }

  /// The captured frames that were not read yet; nil after an overrun.
  package borrowing func waitingFrames() -> Int? {
    let count = unsafe snd_pcm_avail(pcm)
    return count >= 0 ? Int(count) : nil
  }

  deinit { _ = unsafe snd_pcm_close(pcm) }
}
