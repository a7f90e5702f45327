// SPDX-License-Identifier: MIT

/// The arrivals of a receiver's packets.
public struct ReceiverMeasurement: Codable, Equatable, Sendable {
  public var id: Int
  public var name: String
  /// The link offset that was in force for all of `arrivals`.
  public var linkOffsetFrames: Int64
  /// Frames from a packet's arrival until its first frame was due, since the link offset was set; negative for
  /// late packets.
  public var arrivals: HistogramSnapshot
  /// The sum of all `arrivals` in frames. Divided by their number, it is the mean.
  public var arrivalsSum: Int64
  /// The arrivals of the last minute, accurate to five seconds.
  public var recentArrivals: HistogramSnapshot
  /// The smallest link offset that the packet time allows and with which no packet would have been late; nil
  /// before the first packet, and if one was later than the histogram measures.
  public var sufficientOffsetFrames: Int64?
  /// The recommended link offset: the sufficient one, plus half of the range of the packets' delays as a
  /// reserve; nil if that is unknown.
  public var proposedOffsetFrames: Int64?

  /// - Parameter allowed: the link offsets that packet time and buffer allow, in frames.
  public init(
    id: Int, name: String, linkOffsetFrames: Int64, allowed: ClosedRange<Int64>,
    arrivals: HistogramSnapshot, arrivalsSum: Int64,
    recentArrivals: HistogramSnapshot = HistogramSnapshot(unit: .frames, bins: [])
  ) {
    self.id = id
    self.name = name
    self.linkOffsetFrames = linkOffsetFrames
    self.arrivals = arrivals
    self.arrivalsSum = arrivalsSum
    self.recentArrivals = recentArrivals
    guard let worst = arrivals.bins.first?.from, let best = arrivals.bins.last?.through,
      worst > .min
    else { return }
    // The exact value within the bin is unknown: the bin's lowest value is the safe one.
    let sufficient = max(allowed.lowerBound, linkOffsetFrames - worst)
    sufficientOffsetFrames = sufficient
    // A packet earlier than the histogram measures came at most a link offset before it was due.
    let reserve = (min(best, linkOffsetFrames) - worst + 1) / 2
    proposedOffsetFrames = max(sufficient, min(sufficient + reserve, allowed.upperBound))
  }
}

/// The departures of a sender's packets.
public struct SenderMeasurement: Codable, Equatable, Sendable {
  public var id: Int
  public var name: String
  /// Microseconds from the nominal instant, at which a packet's last frame has passed, until the kernel had the
  /// packet.
  public var departures: HistogramSnapshot
  /// The sum of all `departures` in microseconds. Divided by their number, it is the mean.
  public var departuresSum: Int64
  /// The departures of the last minute, accurate to five seconds.
  public var recentDepartures: HistogramSnapshot

  public init(
    id: Int, name: String, departures: HistogramSnapshot, departuresSum: Int64,
    recentDepartures: HistogramSnapshot = HistogramSnapshot(unit: .microseconds, bins: [])
  ) {
    self.id = id
    self.name = name
    self.departures = departures
    self.departuresSum = departuresSum
    self.recentDepartures = recentDepartures
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
