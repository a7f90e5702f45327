// SPDX-License-Identifier: MIT
package import Addressing
package import DaemonConfiguration
package import LinuxIO

/// The operations of this host's streams that discovery needs. The owner of the streams conforms.
///
/// Every call returns at once; all may come from the sessions thread.
package protocol AnnouncedStreams: Sendable {
  /// The interface in use and our address on it; nil while there is none.
  func interface() -> (interface: NetworkInterface, address: IPv4Address)?

  /// Every sender, the oldest first, running or not.
  var senders: [(id: StreamID, configuration: SenderConfiguration)] { get }

  /// The senders that are on the wire now, which are announced.
  var runningSenders: [(id: StreamID, configuration: SenderConfiguration)] { get }

  /// The receivers with a subscription, and the packets that each has played.
  var subscribers: [(id: StreamID, configuration: ReceiverConfiguration, packets: UInt64)] { get }

  /// Moves a sender with an automatic address to another group, and changes nothing else of it.
  ///
  /// - Throws: the reason why it keeps its present one.
  func move(_ id: StreamID, to group: IPv4Address) throws

  /// Sets the present result of a receiver's subscription, unless the receiver has changed since it was read.
  ///
  /// - Parameter receiver: as it was read.
  func follow(_ id: StreamID, _ receiver: ReceiverConfiguration, _ outcome: SubscriptionOutcome)

  /// Sets the warning on another device that sends to a sender's group; nil for none.
  func setWarning(_ id: StreamID, _ warning: String?)
}
