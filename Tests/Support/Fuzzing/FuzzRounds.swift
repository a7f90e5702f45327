// SPDX-License-Identifier: MIT
internal import Foundation

/// The number of mutated inputs for each parser: `AES67_FUZZ_ROUNDS`, by default 100,000.
public let fuzzRounds =
  ProcessInfo.processInfo.environment["AES67_FUZZ_ROUNDS"].flatMap { Int($0) } ?? 100_000
