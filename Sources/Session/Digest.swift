// SPDX-License-Identifier: MIT

/// A digest of a text, the same in every run (FNV-1a). It does not resist people who want two texts to have the
/// same digest: they could only confuse their own texts.
enum Digest {
  static func of(_ bytes: some Sequence<UInt8>) -> UInt64 {
    var digest: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in bytes { digest = (digest ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
    return digest
  }
}
