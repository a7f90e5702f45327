// SPDX-License-Identifier: MIT

/// For fuzzers: parses any bytes, and if they are a message, writes it and parses it again. Returns false if
/// the two differ, which would be a fault of the codec.
@_spi(Fuzzing) public func fuzzMessage(_ bytes: [UInt8]) -> Bool {
  guard let message = try? Message(parsing: bytes) else { return true }
  let written = message.bytes
  guard let again = try? Message(parsing: written) else { return false }
  return again == message
}
