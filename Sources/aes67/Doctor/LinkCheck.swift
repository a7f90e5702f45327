// SPDX-License-Identifier: MIT
internal import Notation

/// Checks speed and duplex of the interface of the streams.
struct LinkCheck {
  let interface: String
  /// The first line of a file; nil if it cannot be read.
  var read: (String) -> String?

  private var base: String { "/sys/class/net/\(interface)/" }

  var speed: Finding {
    let check = "link speed"
    let duplex = read(base + "duplex")
    guard let megabits = read(base + "speed").flatMap({ Int(decimal: $0) }), megabits > 0 else {
      return .unknown(check, "the driver does not report it")
    }
    let seen = "\(megabits) Mbit/s" + (duplex.map { ", \($0) duplex" } ?? "")
    let renew = "check the cable and the switch port; `ethtool -s \(interface) autoneg on`"
    if duplex == "half" {
      return .fail(check, "\(seen): packets collide and are lost", fix: renew)
    }
    if megabits < 100 {
      return .fail(check, "\(seen): too slow for more than one small stream", fix: renew)
    }
    if megabits < 1000 {
      return .warning(
        check, "\(seen): room for about eight streams of 8 channels, and more jitter for PTP",
        fix: renew)
    }
    return .ok(check, seen)
  }
}
