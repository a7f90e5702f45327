// SPDX-License-Identifier: MIT
internal import DaemonConfiguration
internal import EventLog
internal import LinuxIO
internal import Logging
internal import PTP

internal import struct SystemPackage.Errno

/// The source of event timestamps, key `ptp.timestamps`: the card, the kernel's driver, or as the last resort
/// this program (TS-07, TS-09).
struct StampSource {
  private(set) var kind: TimestampClass
  private(set) var hardware: HardwareStamps?
  /// The number of sent messages in a row without a timestamp.
  private var missing = 0
  private static let maximumMissing = 4

  /// Determines the capabilities of `interface`, and enables them.
  ///
  /// - Parameter worst: the class above which timestamps are not used, because they were missing before.
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
      // A driver without timestamps does not even answer.
      guard choice == .hardware || error.code != .notSupportedOnSocket else { return }
      log.record(
        .stampsMissing, Self.refusal(of: interface, error),
        [.interface: interface, .reason: "\(error)"])
    }
  }

  /// The message if the network card offers hardware timestamps but the daemon has no permission to use them.
  static func refusal(of interface: String, _ error: SystemError) -> String {
    "\(interface) offers hardware timestamps for PTP, but the daemon is not permitted to use them: \(error);"
      + " kernel timestamps are used; hardware-clocks.sh on grants CAP_NET_ADMIN and /dev/ptp*"
  }

  /// Notes whether a sent message had its timestamp. Returns true if worse timestamps must be used.
  mutating func note(hasStamp: Bool) -> Bool {
    missing = hasStamp ? 0 : missing + 1
    return missing >= Self.maximumMissing && kind != .userSpace
  }

  /// The next class, if these timestamps are missing.
  var nextWorse: TimestampClass { kind == .hardware ? .software : .userSpace }
}
