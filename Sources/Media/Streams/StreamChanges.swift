// SPDX-License-Identifier: MIT
package import DaemonConfiguration
internal import Synchronization

/// Streams that come, change and go at run time: each call concerns one, and all others play on.
///
/// For sessions, control and reload. A change takes effect before the call returns, where the network
/// allows; otherwise the stream waits and says why. A call takes up to 10 ms, for a media thread to let go.
extension StreamService {
  /// - Throws: when all places are taken, or the stream conflicts with another one.
  package func add(_ sender: SenderConfiguration, id: StreamID) throws(StreamChangeError) {
    try change { table throws(StreamChangeError) in
      try table.senders.add(sender, id: id)
    }
  }

  /// Only what is in the packets makes the sender pause and begin anew; a new name does not.
  package func change(_ id: StreamID, to sender: SenderConfiguration) throws(StreamChangeError) {
    try change { table throws(StreamChangeError) in
      try table.senders.change(id, to: sender)
    }
  }

  package func removeSender(_ id: StreamID) throws(StreamChangeError) {
    try change { table throws(StreamChangeError) in
      try table.senders.remove(id)
    }
  }

  /// - Throws: when all places are taken, or the stream conflicts with another one.
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

  /// The streams as they are configured, the oldest first.
  package var senders: [(id: StreamID, configuration: SenderConfiguration)] {
    streams.withLock { table in table.senders.all.map { ($0.id, $0.configuration) } }
  }

  package var receivers: [(id: StreamID, configuration: ReceiverConfiguration)] {
    streams.withLock { table in table.receivers.all.map { ($0.id, $0.configuration) } }
  }

  /// Those that are on the wire now.
  package var runningSenders: [(id: StreamID, configuration: SenderConfiguration)] {
    streams.withLock { table in
      table.senders.slots.running.map { ($0.id, $0.configuration) }
    }
  }

  /// Sets who else sends to a sender's group; nil for nobody.
  package func setWarning(_ id: StreamID, _ warning: String?) {
    streams.withLock { table in table.senders.setWarning(id, warning) }
  }

  /// Receivers with a subscription, and how many packets each has played.
  package var subscribers: [(id: StreamID, configuration: ReceiverConfiguration, packets: UInt64)] {
    streams.withLock { table in table.receivers.subscribers }
  }

  /// Sets what a receiver's subscription comes to now.
  package func follow(_ id: StreamID, _ outcome: SubscriptionOutcome) {
    alter { table in
      if !table.isClosed { table.receivers.follow(id, outcome) }
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
