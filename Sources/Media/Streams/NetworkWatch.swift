// SPDX-License-Identifier: MIT
package import Addressing
internal import Device
internal import EventLog
package import LinuxIO
internal import MediaClock
internal import Synchronization

/// The network thread, which learns of changes of interfaces and addresses, and of ICMP errors, at once.
///
/// Only sockets that a change affects are opened again. A failure is logged once, tried again in each round,
/// and does not affect other streams.
extension StreamService {
  /// The time after which interfaces are read again even without a notification.
  private static var retry: Interval { .seconds(1) }

  /// The shortest time between two rounds of the network thread.
  private static var shortestRound: Interval { .milliseconds(10) }

  /// The interface in use, or nil while there is none.
  package func interface() -> (interface: NetworkInterface, address: IPv4Address)? {
    streams.withLock { table in
      guard let interface = table.interface, let address = table.path.address else {
        return nil
      }
      return (interface, address)
    }
  }

  /// The reason why there is no interface; nil if there is one, or before the first check.
  package var interfaceProblem: String? {
    streams.withLock { table in
      guard let path = table.seenPath, !path.isUsable else { return nil }
      return path.problem
    }
  }

  func watchNetwork(_ thread: WakeableThread) {
    var waiting = WaitSet()
    var nextLook = MonotonicClock.now
    var nextObservation = nextLook
    while !thread.isStopping {
      let now = MonotonicClock.now
      if monitor?.takeNews() == true || now >= nextLook {
        followInterfaces()
        nextLook = now + Self.retry
      }
      advance(to: now)
      if now >= nextObservation {
        observe(at: now)
        nextObservation = now + Self.lookInterval
      }
      collectGlitches()
      waiting.removeAll()
      waiting.add(thread.stopDescriptor)
      waiting.add(monitor?.descriptor ?? -1)
      let (errors, packets) = streams.withLock { $0.senders.descriptors }
      for descriptor in errors { waiting.addForErrors(descriptor) }
      for descriptor in packets { waiting.add(descriptor) }
      waiting.wait(milliseconds: Int32(Self.lookInterval.nanoseconds / 1_000_000))
      // A flood of notifications keeps this thread no busier than that.
      MonotonicClock.sleep(until: now + Self.shortestRound)
    }
  }

  /// Detects that the interface appears, disappears or changes.
  func followInterfaces() {
    // A failed list is ignored.
    guard let interfaces = try? NetworkInterfaces.list() else { return }
    let (line, interface) = alter { table in
      table.follow(interfaces)
      return (table.interfaceNews(), table.interface)
    }
    guard let line else { return }
    logger.record(
      interface == nil ? .interfaceMissing : .interfaceFound, line,
      interface.map { [.interface: $0.name] } ?? [:])
  }

  /// Opens missing sockets, and updates all streams for the present time.
  private func advance(to now: MonotonicInstant) {
    let clock = device.clock
    alter { $0.advance(to: now, clock) }
  }
}
