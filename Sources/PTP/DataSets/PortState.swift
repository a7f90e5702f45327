// SPDX-License-Identifier: MIT

/// The state of a port (8.2.5.3.1); the raw values are the standard's.
public enum PortState: UInt8, CaseIterable, Sendable, BitwiseCopyable {
  case initializing = 1
  case faulty = 2
  case disabled = 3
  case listening = 4
  case preMaster = 5
  case master = 6
  case passive = 7
  case uncalibrated = 8
  case slave = 9
}
