// SPDX-License-Identifier: MIT
internal import CALSA

/// The reason why an ALSA device could not be opened, read or written, in ALSA's words.
package struct SoundDeviceError: Error, CustomStringConvertible {
  package let description: String

  init(_ description: String) {
    self.description = description
  }

  init(_ what: String, _ code: Int32) {
    description = "\(what): \(unsafe String(cString: snd_strerror(code)))"
  }
}
