// SPDX-License-Identifier: MIT
internal import DaemonConfiguration
internal import EventLog
internal import LinuxIO
internal import Logging
internal import PTP

internal import struct SystemPackage.Errno

/// Where the stamps of event messages come from, key `ptp.timestamps`: the card, the kernel's driver, or
/// as the last resort this program (TS-07, TS-09).
struct StampSource {
  private(set) var kind: TimestampClass
  private(set) var hardware: HardwareStamps?
  /// Sent messages in a row whose stamp did not come.
  private var missing = 0
  private static let maximumMissing = 4

  /// Finds out what `interface` can do, and switches it on.
  ///
  /// - Parameter worst: no better stamps than these, because they failed to come before.
  init(
    _ choice: TimestampSource, on interface: String, noBetterThan worst: TimestampClass?,
    log: Logger
  ) {
    kind = choice == .userSpace ? .userSpace : .software
    if let worst {
      kind = worst
      return
    }
    guard choice == .automatic || choice == .hardware else { return }
    do throws(SystemError) {
      let capabilities = try StampCapabilities.of(interface)
      guard let number = capabilities.hardwareClock else {
        if choice == .hardware {
          log.record(
            .stampsMissing,
            "\(interface) has no hardware timestamps for PTP (ethtool -T \(interface)): kernel timestamps"
              + " are used", [.interface: interface])
        }
        return
      }
      try capabilities.enableHardware(on: interface)
      let found = try HardwareStamps(path: "/dev/ptp\(number)")
      hardware = found
      kind = .hardware
      log.info(
        "\(interface) gives hardware timestamps of /dev/ptp\(number), compared by \(found.method.rawValue)"
      )
    } catch {
      // A driver that knows nothing of stamps does not even answer.
      guard choice == .hardware || error.code != .notSupportedOnSocket else { return }
      log.record(
        .stampsMissing, Self.refusal(of: interface, error),
        [.interface: interface, .reason: "\(error)"])
    }
  }

  /// The message when the network card offers hardware timestamps but the daemon has no permission to use them.
  static func refusal(of interface: String, _ error: SystemError) -> String {
    "\(interface) offers hardware timestamps for PTP, but the daemon is not permitted to use them: \(error);"
      + " kernel timestamps are used; hardware-clocks.sh on grants CAP_NET_ADMIN and /dev/ptp*"
  }

  /// Notes whether a sent message had its stamp; true when that will not do any longer.
  mutating func note(hasStamp: Bool) -> Bool {
    missing = hasStamp ? 0 : missing + 1
    return missing >= Self.maximumMissing && kind != .userSpace
  }

  /// What remains when these fail.
  var nextWorse: TimestampClass { kind == .hardware ? .software : .userSpace }
}
