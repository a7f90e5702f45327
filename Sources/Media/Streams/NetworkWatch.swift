// SPDX-License-Identifier: MIT
package import Addressing
internal import Device
internal import EventLog
package import LinuxIO
internal import MediaClock
internal import Synchronization

/// The network thread: hears of interfaces and addresses at once, and of what far sides say.
///
/// Only what has changed is opened anew; what cannot be is said once, tried again with each look, and hinders no
/// other stream.
extension StreamService {
  /// How often interfaces are looked at even without news of them.
  private static var retry: Interval { .seconds(1) }

  /// How soon the network thread looks again at the earliest.
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

  /// Why there is no interface to use; nil if there is one, or if nobody has looked.
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
      // Whoever floods us with news keeps this thread no busier than that.
      MonotonicClock.sleep(until: now + Self.shortestRound)
    }
  }

  /// Notices the interface coming, going and changing.
  func followInterfaces() {
    // Without a list nothing is known, so nothing has changed.
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

  /// Opens what is missing, and lets time pass for all streams.
  private func advance(to now: MonotonicInstant) {
    let clock = device.clock
    alter { $0.advance(to: now, clock) }
  }
}
