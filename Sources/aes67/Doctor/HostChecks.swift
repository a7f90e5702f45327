// SPDX-License-Identifier: MIT
internal import LinuxIO

/// The settings of this host, from files of the kernel and of ALSA.
struct HostChecks {
  /// The interface that streams use; nil if there is none.
  let interface: String?
  /// The UDP ports of received streams, with the RTCP port of each; empty for the usual ones.
  var streamPorts: [Int] = []
  /// The first line of a file; nil if it cannot be read.
  var read: (String) -> String? = { path in
    (try? Files.read(path)).map { String($0.prefix { $0 != "\n" }) }
  }
  var exists: (String) -> Bool = { Files.exists($0) }
  /// True if the link uses Energy Efficient Ethernet; nil if the driver does not report it.
  var savesEnergy: (String) -> Bool? = { NetworkInterfaces.hasEnergyEfficientEthernet($0) }

  var findings: [Finding] {
    let link = interface.map { LinkCheck(interface: $0, read: read).speed }
    let firewall = interface.map {
      FirewallCheck(interface: $0, streamPorts: streamPorts.isEmpty ? [5004, 5005] : streamPorts)
        .finding
    }
    return [link, firewall].compactMap(\.self) + [
      reversePath, energyEfficiency, receiveBuffers, realTimeThrottling, processorScaling,
      processorSleep, alsa,
    ]
  }

  var reversePath: Finding {
    let check = "rp_filter"
    let base = "/proc/sys/net/ipv4/conf/"
    guard let interface, let own = read("\(base)\(interface)/rp_filter").flatMap({ Int($0) }) else {
      return .unknown(check, "no interface to check")
    }
    // The kernel takes the greater of the two.
    let value = max(own, read(base + "all/rp_filter").flatMap { Int($0) } ?? 0)
    guard value == 1 else {
      return .ok(check, "\(value): packets from other networks are received")
    }
    return .warning(
      check, "1: multicast from senders of other networks is dropped",
      fix: "sysctl -w net.ipv4.conf.\(interface).rp_filter=2 net.ipv4.conf.all.rp_filter=2")
  }

  var energyEfficiency: Finding {
    let check = "energy efficient Ethernet"
    guard let interface, let saves = savesEnergy(interface) else {
      return .unknown(check, "the driver does not report it")
    }
    return saves
      ? .warning(
        check, "on: the link sleeps between packets, which adds jitter to the clock",
        fix: "ethtool --set-eee \(interface) eee off")
      : .ok(check, "off")
  }

  var receiveBuffers: Finding {
    let check = "socket buffers"
    let file = "/proc/sys/net/core/rmem_max"
    guard let bytes = read(file).flatMap({ Int($0) }) else { return .unknown(check, "no \(file)") }
    let needed = 1 << 20
    guard bytes < needed else { return .ok(check, "receivers get \(Text.count(needed)) bytes") }
    return .warning(
      check,
      "receivers need \(Text.count(needed)) bytes and get \(Text.count(bytes)): a burst may be lost",
      fix: "sysctl -w net.core.rmem_max=\(needed)")
  }

  var realTimeThrottling: Finding {
    let check = "real-time throttling"
    guard let budget = read("/proc/sys/kernel/sched_rt_runtime_us").flatMap({ Int($0) }),
      let period = read("/proc/sys/kernel/sched_rt_period_us").flatMap({ Int($0) })
    else { return .unknown(check, "the kernel does not report it") }
    if budget < 0 { return .ok(check, "off") }
    let share = period > 0 ? budget * 100 / period : 0
    guard share < 90 else {
      return .ok(check, "real-time threads may use \(share) % of each second")
    }
    return .warning(
      check, "real-time threads may use only \(share) % of each second",
      fix: "sysctl -w kernel.sched_rt_runtime_us=\(period * 95 / 100)")
  }

  var processorScaling: Finding {
    let check = "processor speed"
    let file = "/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor"
    guard let governor = read(file) else { return .ok(check, "constant") }
    guard governor != "performance" else { return .ok(check, "governor performance") }
    return .warning(
      check, "governor \(governor): the processor slows down between packets",
      fix: "cpupower frequency-set --governor performance")
  }

  var processorSleep: Finding {
    let check = "processor sleep"
    let base = "/sys/devices/system/cpu/cpu0/cpuidle/"
    var deepest = 0
    for state in 0..<16 {
      guard let latency = read("\(base)state\(state)/latency").flatMap({ Int($0) }),
        read("\(base)state\(state)/disable") != "1"
      else { continue }
      deepest = max(deepest, latency)
    }
    guard exists(base) else { return .ok(check, "no deep sleep states") }
    guard deepest > 100 else { return .ok(check, "wakes within \(deepest) us") }
    return .warning(
      check, "wakes only after up to \(deepest) us",
      fix: "cpupower idle-set --disable-by-latency 100")
  }

  var alsa: Finding {
    let check = "ALSA configuration"
    let file = "/etc/alsa/conf.d/60-aes67.conf"
    return exists(file)
      ? .ok(check, file)
      : .fail(
        check, "\(file) is missing: programs do not find the device",
        fix: "ln -s /usr/share/alsa/alsa.conf.d/60-aes67.conf \(file)")
  }
}
