// SPDX-License-Identifier: MIT
package import Addressing
package import DaemonConfiguration
package import LinuxIO

/// What discovery asks of the streams of this host: whoever runs them conforms.
///
/// Every call returns at once; all may come from the sessions thread.
package protocol AnnouncedStreams: Sendable {
  /// The interface in use and our address on it; nil while there is none.
  func interface() -> (interface: NetworkInterface, address: IPv4Address)?

  /// Every sender, the oldest first, running or not.
  var senders: [(id: StreamID, configuration: SenderConfiguration)] { get }

  /// Those that are on the wire now: the ones to announce.
  var runningSenders: [(id: StreamID, configuration: SenderConfiguration)] { get }

  /// Receivers with a subscription, and the packets that each has played.
  var subscribers: [(id: StreamID, configuration: ReceiverConfiguration, packets: UInt64)] { get }

  /// Gives a sender another address.
  ///
  /// - Throws: why it keeps the one it has.
  func change(_ id: StreamID, to sender: SenderConfiguration) throws

  /// Sets what a receiver's subscription comes to now.
  func follow(_ id: StreamID, _ outcome: SubscriptionOutcome)

  /// Sets who else sends to a sender's group; nil for nobody.
  func setWarning(_ id: StreamID, _ warning: String?)
}
