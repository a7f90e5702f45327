// SPDX-License-Identifier: MIT
package import Addressing
package import ControlAPI
package import DaemonConfiguration
package import LinuxIO

/// What the control API does with the streams of the device: whoever runs them conforms.
///
/// A change takes effect before the call returns, or throws a ``StreamChangeRefusal``.
package protocol ControlledStreams: Sendable {
  /// As they are configured, the oldest first.
  var senders: [(id: StreamID, configuration: SenderConfiguration)] { get }
  var receivers: [(id: StreamID, configuration: ReceiverConfiguration)] { get }

  func add(_ sender: SenderConfiguration) throws -> StreamID
  func change(_ id: StreamID, to sender: SenderConfiguration) throws
  func removeSender(_ id: StreamID) throws

  func add(_ receiver: ReceiverConfiguration) throws -> StreamID
  func change(_ id: StreamID, to receiver: ReceiverConfiguration) throws
  func removeReceiver(_ id: StreamID) throws

  /// What every stream does at this moment.
  func status() -> (senders: [SenderStatus], receivers: [ReceiverStatus])

  /// The interface in use and our address on it; nil while there is none.
  func interface() -> (interface: NetworkInterface, address: IPv4Address)?

  /// When packets came and left, of every stream.
  func measurements() -> StreamMeasurements

  /// The last glitches whose numbers are greater, the oldest first.
  func glitches(after number: UInt64) -> [GlitchEvent]

  /// The level meters of all channels.
  var levels: MeterSnapshot { get }
}

/// Why streams were not changed.
package protocol StreamChangeRefusal: Error, CustomStringConvertible {
  var cause: StreamChangeRefusalCause { get }
}

/// On what the status of the answer, and its hint, depend.
package enum StreamChangeRefusalCause: Equatable, Sendable {
  case unknownStream
  /// All places of that direction are taken.
  case full
  /// These keys are wrong, by themselves or beside the other streams; the likeliest first.
  case invalid(keys: [String])
  case stopping
}
