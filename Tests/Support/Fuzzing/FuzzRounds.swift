// SPDX-License-Identifier: MIT
internal import Foundation

/// How many spoiled inputs each parser gets: `AES67_FUZZ_ROUNDS`, fewer under the sanitizers, more by
/// hand.
public let fuzzRounds =
  ProcessInfo.processInfo.environment["AES67_FUZZ_ROUNDS"].flatMap { Int($0) } ?? 100_000
