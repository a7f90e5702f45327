// SPDX-License-Identifier: MIT
package import Addressing
package import DaemonConfiguration
internal import Synchronization

/// Changes of streams at run time: each call changes one stream, and all others play on.
///
/// For sessions, control and reload. A change takes effect before the call returns, if the network allows it;
/// otherwise the stream waits and gives the reason. A call takes up to 10 ms, until a media thread has stopped
/// the stream.
extension StreamService {
  /// - Throws: if all places are taken, or the stream conflicts with another one.
  package func add(_ sender: SenderConfiguration, id: StreamID) throws(StreamChangeError) {
    try change { table throws(StreamChangeError) in
      try table.senders.add(sender, id: id)
    }
  }

  /// Changes a sender. Only properties that are visible in its packets make it pause and restart; a new name
  /// does not.
  package func change(_ id: StreamID, to sender: SenderConfiguration) throws(StreamChangeError) {
    try change { table throws(StreamChangeError) in
      try table.senders.change(id, to: sender)
    }
  }

  /// Moves a sender with an automatic address to another group; its other properties stay as they are at this
  /// moment.
  ///
  /// - Throws: if another sender has the group.
  package func move(_ id: StreamID, to group: IPv4Address) throws(StreamChangeError) {
    try change { table throws(StreamChangeError) in
      try table.senders.move(id, to: group)
    }
  }

  package func removeSender(_ id: StreamID) throws(StreamChangeError) {
    try change { table throws(StreamChangeError) in
      try table.senders.remove(id)
    }
  }

  /// - Throws: if all places are taken, or the stream conflicts with another one.
  package func add(_ receiver: ReceiverConfiguration, id: StreamID) throws(StreamChangeError) {
    try change { table throws(StreamChangeError) in
      try table.receivers.add(receiver, id: id)
    }
  }

  package func change(_ id: StreamID, to receiver: ReceiverConfiguration) throws(StreamChangeError)
  {
    try change { table throws(StreamChangeError) in
      try table.receivers.change(id, to: receiver)
    }
  }

  package func removeReceiver(_ id: StreamID) throws(StreamChangeError) {
    try change { table throws(StreamChangeError) in
      try table.receivers.remove(id)
    }
  }

  /// The configurations of the streams, the oldest first.
  package var senders: [(id: StreamID, configuration: SenderConfiguration)] {
    streams.withLock { table in table.senders.all.map { ($0.id, $0.configuration) } }
  }

  package var receivers: [(id: StreamID, configuration: ReceiverConfiguration)] {
    streams.withLock { table in table.receivers.all.map { ($0.id, $0.configuration) } }
  }

  /// The senders that are on the wire now.
  package var runningSenders: [(id: StreamID, configuration: SenderConfiguration)] {
    streams.withLock { table in
      table.senders.slots.running.map { ($0.id, $0.configuration) }
    }
  }

  /// Sets the warning on another device that sends to a sender's group; nil for none.
  package func setWarning(_ id: StreamID, _ warning: String?) {
    streams.withLock { table in table.senders.setWarning(id, warning) }
  }

  /// The receivers with a subscription, and the number of packets that each has played.
  package var subscribers: [(id: StreamID, configuration: ReceiverConfiguration, packets: UInt64)] {
    streams.withLock { table in table.receivers.subscribers }
  }

  /// Sets the present result of a receiver's subscription, unless the receiver has changed since it was read.
  ///
  /// - Parameter receiver: as it was read.
  package func follow(
    _ id: StreamID, _ receiver: ReceiverConfiguration, _ outcome: SubscriptionOutcome
  ) {
    alter { table in
      if !table.isClosed { table.receivers.follow(id, receiver, outcome) }
    }
  }

  private func change(
    _ body: (inout StreamTable) throws(StreamChangeError) -> Void
  ) throws(StreamChangeError) {
    try alter { (table) throws(StreamChangeError) in
      guard !table.isClosed else { throw .stopping }
      try body(&table)
    }
  }
}
