// SPDX-License-Identifier: MIT

/// Tells texts apart, the same way in every run (FNV-1a). Not against people who want two texts to look
/// the same: all that these could mistake is their own.
enum Digest {
  static func of(_ bytes: some Sequence<UInt8>) -> UInt64 {
    var digest: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in bytes { digest = (digest ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
    return digest
  }
}
