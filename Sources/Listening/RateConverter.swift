// SPDX-License-Identifier: MIT
internal import CSampleRate

/// libsamplerate with a ratio that changes slightly all the time. It allocates memory, and is not for media
/// threads.
@safe
package struct RateConverter: ~Copyable {
  /// There was no memory, or libsamplerate refused its arguments.
  package struct Failure: Error, CustomStringConvertible {
    package let description: String
  }

  // Safety: from src_new to src_delete, which the end of this value calls.
  private let state: OpaquePointer
  private let channels: Int

  /// - Parameter channels: 1 or more.
  package init(channels: Int) throws(Failure) {
    var code: Int32 = 0
    let made = unsafe src_new(Int32(SRC_SINC_MEDIUM_QUALITY), Int32(channels), &code)
    guard let state = unsafe made else {
      throw Failure(description: "resampler: \(unsafe String(cString: src_strerror(code)))")
    }
    unsafe self.state = unsafe state
    self.channels = channels
  }

  /// Converts interleaved frames; some of their output comes with the next ones.
  ///
  /// - Parameter ratio: output frames per input frame, 1/256 to 256.
  package borrowing func convert(_ samples: [Float], ratio: Double) throws(Failure) -> [Float] {
    let capacity = Int(Double(samples.count / channels) * ratio) + 64
    var output = [Float](repeating: 0, count: capacity * channels)
    var made = 0
    let isConverted = unsafe samples.withUnsafeBufferPointer { input in
      unsafe output.withUnsafeMutableBufferPointer { output in
        var conversion = unsafe aes67_conversion(
          input: input.baseAddress, input_frames: samples.count / channels,
          output: output.baseAddress, output_capacity: capacity, output_frames: 0, ratio: ratio)
        let isConverted = unsafe aes67_resampler_convert(state, &conversion)
        made = unsafe conversion.output_frames
        return unsafe isConverted && conversion.input_frames == 0
      }
    }
    guard isConverted else { throw Failure(description: "resampler: a ratio of \(ratio)") }
    output.removeLast(output.count - made * channels)
    return output
  }

  deinit { _ = unsafe src_delete(state) }
}
