// SPDX-License-Identifier: MIT
internal import Addressing
internal import DaemonConfiguration
internal import LinuxIO
internal import MediaClock

/// Detects other devices that send to the groups of our multicast senders (NET-03).
///
/// It listens to a group as a receiver would. Our own packets are not received, so that it costs nothing
/// normally. If loopback is on, because programs of this host receive them, only announcements show conflicts.
struct AddressWatch: Sendable {
  private struct Group {
    var address: IPv4Address
    var port: UInt16
    var listener: Owned<SourceWatch>?
    var intruder: IPv4Address?
    var heardAt = MonotonicInstant(nanoseconds: 0)
  }

  /// The time after its last packet for which an intruder is remembered.
  private static let timeout = Interval.seconds(3)
  private var groups: [StreamID: Group] = [:]
  /// The index of the interface on which they are listened to.
  private var interface: UInt32?

  /// Listens to the groups of these senders on this interface, and no others. A group for which no socket could
  /// be opened is tried again.
  mutating func follow(
    _ senders: [(id: StreamID, configuration: SenderConfiguration)],
    on interface: NetworkInterface
  ) {
    if interface.index != self.interface { forget() }
    self.interface = interface.index
    let requested = Dictionary(uniqueKeysWithValues: senders.map { ($0.id, $0.configuration) })
    groups = groups.filter { id, group in
      requested[id]?.address == group.address && requested[id]?.port == group.port
    }
    for (id, sender) in senders where sender.address.isMulticast {
      guard groups[id]?.listener == nil else { continue }
      groups[id] = Group(
        address: sender.address, port: sender.port, listener: listener(for: sender, on: interface))
    }
  }

  /// Opens a listener; nil if the kernel refuses a socket, so that only announcements show conflicts.
  private func listener(for sender: SenderConfiguration, on interface: NetworkInterface)
    -> Owned<SourceWatch>?
  {
    do throws(SystemError) {
      return Owned(
        try SourceWatch(interface: interface, group: sender.address, port: sender.port))
    } catch {
      return nil
    }
  }

  mutating func forget() { groups.removeAll() }

  /// Reads waiting packets; their number is limited, because an intruder may send many.
  ///
  /// - Returns: the groups on which another device was detected just now.
  @discardableResult
  mutating func listen(
    own: [IPv4Address], at now: MonotonicInstant
  ) -> [(group: IPv4Address, intruder: IPv4Address)] {
    var heard: [(group: IPv4Address, intruder: IPv4Address)] = []
    for (id, group) in groups {
      guard let listener = group.listener else { continue }
      for _ in 0..<SourceWatch.maximumWaiting {
        guard let source = listener.value.nextSource() else { break }
        guard !own.contains(source) else { continue }
        if groups[id]?.heardAt != now { heard.append((group.address, source)) }
        groups[id]?.intruder = source
        groups[id]?.heardAt = now
      }
      if now - (groups[id]?.heardAt ?? now) >= Self.timeout { groups[id]?.intruder = nil }
    }
    return heard
  }

  /// The other device that sends to this sender's group.
  func intruder(on id: StreamID) -> IPv4Address? { groups[id]?.intruder }
}
