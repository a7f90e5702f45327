// SPDX-License-Identifier: MIT

/// When a receiver's packets came.
public struct ReceiverMeasurement: Codable, Equatable, Sendable {
  public var name: String
  /// Frames from a packet's arrival until its first frame was due; negative for late ones.
  public var arrivals: HistogramSnapshot

  public init(name: String, arrivals: HistogramSnapshot) {
    self.name = name
    self.arrivals = arrivals
  }
}

/// When a sender's packets left.
public struct SenderMeasurement: Codable, Equatable, Sendable {
  public var name: String
  /// Microseconds from the nominal instant, at which a packet's last frame has passed, until the
  /// kernel had it.
  public var departures: HistogramSnapshot

  public init(name: String, departures: HistogramSnapshot) {
    self.name = name
    self.departures = departures
  }
}

/// The histograms of all streams, which are too long for the status.
public struct StreamMeasurements: Codable, Equatable, Sendable {
  public var senders: [SenderMeasurement]
  public var receivers: [ReceiverMeasurement]

  public init(senders: [SenderMeasurement], receivers: [ReceiverMeasurement]) {
    self.senders = senders
    self.receivers = receivers
  }
}
