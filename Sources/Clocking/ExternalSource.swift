// SPDX-License-Identifier: MIT
internal import DaemonConfiguration
internal import LinuxIO
internal import MediaClock

internal import struct SystemPackage.Errno

/// Reads the clock that the configuration names, and explains failures.
struct ExternalSource: ~Copyable {
  /// The reason why there is no reading.
  enum Failure: Error, Equatable {
    /// A single failure; the next reading is likely to succeed.
    case passing
    /// There is no such clock now: the problem, and how to fix it.
    case gone(String)
  }

  let choice: ClockSource
  private var hardware: HardwareClock?
  private var method: HardwareClock.Method?
  private(set) var system: SystemClockState?

  init(_ choice: ClockSource) { self.choice = choice }

  /// The method by which it is read.
  var manner: String {
    switch choice {
    case .ptp: "by messages"
    case .systemTAI: "read together with CLOCK_MONOTONIC"
    case .hardware: "compared by \(method?.rawValue ?? "nobody")"
    }
  }

  /// The reason why a readable clock is doubtful; nil if there is none.
  var reservation: String? {
    guard choice == .systemTAI, let system, !system.isSynchronized else { return nil }
    return "the system clock is not synchronized, as the kernel reports it; start chrony"
      + " or another time service (adjtimex --print shows its state)"
  }

  mutating func read() -> Result<ClockReading, Failure> {
    switch choice {
    case .ptp: .failure(.passing)
    case .systemTAI: readTAI()
    case .hardware(let path): readHardware(path)
    }
  }

  private mutating func readTAI() -> Result<ClockReading, Failure> {
    system = try? SystemClockState.take()
    guard let system, system.taiOffset != nil else {
      return .failure(
        .gone(
          "clock.source system-tai: CLOCK_TAI still shows UTC, because the kernel does not know the offset TAI - UTC;"
            + " let chrony set it (leapsectz right/UTC in chrony.conf) or phc2sys, or choose another"
            + " clock.source"))
    }
    return .success(TAIClock.read())
  }

  private mutating func readHardware(_ path: String) -> Result<ClockReading, Failure> {
    do throws(SystemError) {
      let clock: HardwareClock
      if let open = hardware.take() { clock = open } else { clock = try HardwareClock(path: path) }
      method = clock.method
      let reading = try clock.read()
      hardware = consume clock
      guard let reading else { return .failure(.passing) }
      return .success(reading)
    } catch {
      return .failure(.gone("clock.source phc:\(path): \(error)\(Self.hint(for: error))"))
    }
  }

  private static func hint(for error: SystemError) -> String {
    switch error.code {
    case .notPermitted, .permissionDenied:
      "; allow it with hardware-clocks.sh on, which installs a drop-in for the unit"
    case .noSuchFileOrDirectory, .noSuchAddressOrDevice, .operationNotSupportedByDevice:
      "; no driver offers that clock now (ls /sys/class/ptp); the daemon looks for it every second"
    case .inappropriateIOCTLForDevice:
      "; this file is not a hardware clock; ethtool -T INTERFACE names the clock of a network card"
    default: ""
    }
  }
}
