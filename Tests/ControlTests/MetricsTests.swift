// SPDX-License-Identifier: MIT
import ControlAPI
import RealTime
import Testing

@testable import Control

@Suite struct MetricsTests {
  /// Program names may contain any character. Prometheus' text format escapes three of them in a label.
  @Test func labelsAreEscaped() {
    let client = ClientStatus(
      slot: 0, pid: 7, program: "a\\b\"c\nd\"\u{301}e", direction: .playback, channels: 2,
      firstChannel: 1)
    let status = DaemonStatus(
      version: "1", instance: "", interface: nil, realTime: RealTimeStatus(mode: .fifo, reason: ""),
      clock: DaemonStatus.Clock(
        state: "locked", deviceFrame: 9, mediaOffset: 0, rateDivisor: 1, source: "ptp", host: nil,
        external: nil),
      ptp: nil, senders: [], receivers: [], clients: [client])
    let lines = Metrics.text(of: status, StreamMeasurements(senders: [], receivers: [])).split(
      separator: "\n")
    #expect(lines.contains("aes67_clock_frames_total 9"))
    #expect(
      lines.contains {
        $0.utf8.starts(
          with: "aes67_client_xruns_total{program=\"a\\\\b\\\"c\\nd\\\"\u{301}e\",pid=\"7\"".utf8)
      })
  }

  /// Each edge of a bucket is the end of a bin of the API, and each bucket counts all bins up to its edge.
  @Test func histogramsAreThoseOfTheAPI() throws {
    let bins = (-40_000..<40_000).reduce(into: [HistogramSnapshot.Bin]()) { bins, value in
      let range = Histogram.range(Histogram.bin(of: Int64(value)))
      guard bins.last?.from != range.lowerBound else { return }
      bins.append(
        .init(from: range.lowerBound, through: range.upperBound, count: 1 + UInt64(bins.count)))
    }
    #expect(bins.count == Histogram.binCount)
    let arrivals = HistogramSnapshot(unit: .frames, bins: bins)
    let status = DaemonStatus(
      version: "1", instance: "", interface: nil, realTime: RealTimeStatus(mode: .fifo, reason: ""),
      clock: DaemonStatus.Clock(
        state: "locked", deviceFrame: 9, mediaOffset: 0, rateDivisor: 1, source: "ptp", host: nil,
        external: nil),
      ptp: nil, senders: [], receivers: [], clients: [])
    let measurements = StreamMeasurements(
      senders: [
        SenderMeasurement(
          id: 2, name: "Out",
          departures: HistogramSnapshot(
            unit: .microseconds, bins: [.init(from: 96, through: 111, count: 4)]),
          departuresSum: 401)
      ],
      receivers: [
        ReceiverMeasurement(
          id: 1, name: "St\"ge", linkOffsetFrames: 144, allowed: 60...9600, arrivals: arrivals,
          arrivalsSum: -24_000)
      ])
    let lines = Metrics.text(of: status, measurements).split(separator: "\n")
    #expect(lines.contains("# TYPE aes67_receiver_arrival_seconds histogram"))
    let prefix = #"aes67_receiver_arrival_seconds_bucket{receiver="St\"ge",le=""#
    let buckets = lines.filter { $0.hasPrefix(prefix) }.map { $0.dropFirst(prefix.count) }
    #expect(buckets.count == HistogramBuckets.edges.count + 1)
    var last: UInt64 = 0
    for (bucket, edge) in zip(buckets, HistogramBuckets.edges) {
      let parts = bucket.split(separator: #""} "#)
      let seconds = try #require(Double(parts[0]))
      let count = try #require(UInt64(parts[1]))
      #expect((seconds * 48_000).rounded() == Double(edge))
      #expect(bins.contains { $0.through == edge }, "no bin ends at \(edge)")
      #expect(count == bins.filter { $0.through <= edge }.reduce(0) { $0 + $1.count })
      #expect(count >= last)
      last = count
    }
    #expect(buckets.last == #"+Inf"} \#(arrivals.count)"#)
    #expect(
      lines.contains(#"aes67_receiver_arrival_seconds_count{receiver="St\"ge"} \#(arrivals.count)"#)
    )
    #expect(lines.contains(#"aes67_sender_departure_seconds_bucket{sender="Out",le="0.000127"} 4"#))
    #expect(lines.contains(#"aes67_sender_departure_seconds_bucket{sender="Out",le="9.5e-05"} 0"#))
    #expect(lines.contains(#"aes67_sender_departure_seconds_sum{sender="Out"} 0.000401"#))
    #expect(lines.contains(#"aes67_receiver_arrival_seconds_sum{receiver="St\"ge"} -0.5"#))
  }

  @Test(arguments: [
    ("Stage%20left", "Stage left"), ("a%2Fb", "a/b"), ("100%", nil), ("%zz", nil), ("%FF", nil),
    ("", ""),
  ])
  func partsOfPathsAreDecoded(text: String, expected: String?) {
    #expect(text.removingPercentEncoding() == expected)
  }
}
