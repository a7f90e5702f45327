// SPDX-License-Identifier: MIT
internal import ControlAPI
internal import Notation

/// The status in Prometheus' text format, version 0.0.4.
struct Metrics {
  private var lines: [String] = []

  static func text(of status: DaemonStatus, _ measurements: StreamMeasurements) -> String {
    var metrics = Metrics()
    metrics.addDevice(status)
    if let reception = status.reception { metrics.addReception(reception) }
    metrics.addPTP(status.ptp)
    metrics.addSenders(status.senders)
    metrics.addReceivers(status.receivers)
    metrics.addClients(status.clients)
    metrics.addHistograms(measurements)
    return metrics.lines.joined(separator: "\n") + "\n"
  }

  private typealias Sample = (labels: [(String, String)], value: String)

  private mutating func add(
    _ name: String, _ kind: String, _ help: String, _ samples: [Sample]
  ) {
    guard !samples.isEmpty else { return }
    lines.append("# HELP aes67_\(name) \(help)")
    lines.append("# TYPE aes67_\(name) \(kind)")
    for sample in samples {
      let labels = sample.labels.map { "\($0.0)=\"\(Self.escaped($0.1))\"" }
      let list = labels.isEmpty ? "" : "{\(labels.joined(separator: ","))}"
      lines.append("aes67_\(name)\(list) \(sample.value)")
    }
  }

  private static func escaped(_ text: String) -> String {
    text.escaped(["\\": "\\\\", "\"": "\\\"", "\n": "\\n"])
  }

  private mutating func addDevice(_ status: DaemonStatus) {
    add("info", "gauge", "What runs.", [([("version", status.version)], "1")])
    add(
      "real_time", "gauge", "1 if the media threads have real-time priority and locked memory.",
      [([], status.realTime.mode == .fifo ? "1" : "0")])
    add(
      "interface_up", "gauge", "1 while there is a usable network interface.",
      [([], status.interface == nil ? "0" : "1")])
    add(
      "clock_state", "gauge", "1 for the state that the media clock is in.",
      [([("state", status.clock.state)], "1")])
    add(
      "clock_frames_total", "counter", "The device clock, in frames.",
      [([], "\(status.clock.deviceFrame)")])
  }

  private mutating func addReception(_ reception: ReceptionStatus) {
    let counters: [(String, String, UInt64)] = [
      ("wake_ups", "How often the receive thread was woken.", reception.wakeUps),
      (
        "timer_wake_ups", "How often its timer expired before packets arrived.",
        reception.timerWakeUps
      ),
      (
        "shared_packets", "Packets received on a wake-up for another stream's packet.",
        reception.sharedPackets
      ),
      (
        "wait_changes", "How often it started or stopped waiting for a socket.",
        reception.waitChanges
      ),
    ]
    for (name, help, count) in counters {
      add("reception_\(name)_total", "counter", help, [([], "\(count)")])
    }
    add(
      "reception_sockets", "gauge", "Running receivers, each with a socket.",
      [([], "\(reception.sockets)")])
    add(
      "reception_waited_sockets", "gauge",
      "Sockets of running receivers that the thread waits for.",
      [([], "\(reception.waitedSockets)")])
  }

  private mutating func addPTP(_ ptp: PTPStatus?) {
    guard let ptp else { return }
    add(
      "ptp_info", "gauge", "The port's state and its grandmaster.",
      [([("state", ptp.state), ("grandmaster", ptp.grandmaster)], "1")])
    add("ptp_locked", "gauge", "1 while locked.", [([], ptp.locked ? "1" : "0")])
    let seconds: [(String, String, Double?)] = [
      ("offset", "Published clock minus master clock.", ptp.offsetNanoseconds),
      ("jitter", "Median distance from the offset.", ptp.jitterNanoseconds),
      ("path_delay", "Mean path delay.", ptp.pathDelayNanoseconds),
      (
        "accuracy", "Largest expected error of the clock, with 95 % confidence.",
        ptp.accuracyNanoseconds
      ),
    ]
    for (name, help, nanoseconds) in seconds {
      guard let nanoseconds else { continue }
      add("ptp_\(name)_seconds", "gauge", help, [([], "\(nanoseconds / 1e9)")])
    }
    add("ptp_rebases_total", "counter", "Jumps of PTP time.", [([], "\(ptp.rebases)")])
  }

  private mutating func addSenders(_ senders: [SenderStatus]) {
    let counters: [(String, String, any KeyPath<SenderStatus, UInt64> & Sendable)] = [
      ("packets", "Packets sent.", \.packets),
      ("dropped", "Packets dropped, because they were too late to send.", \.dropped),
      ("send_errors", "Packets that the kernel refused.", \.sendErrors),
      ("withheld", "Packets not sent: no network, or refused by the receiver.", \.withheld),
      ("receiver_reports", "RTCP reports that receivers sent.", \.receiverReports),
    ]
    add(
      "sender_running", "gauge", "1 while the sender sends packets.",
      senders.map { ([("sender", $0.name)], $0.state.isSending ? "1" : "0") })
    add(
      "sender_state", "gauge", "1 for the state that the sender is in.",
      senders.map {
        (
          [
            ("sender", $0.name), ("state", $0.state.rawValue), ("health", $0.health.level.rawValue),
          ], "1"
        )
      })
    for (name, help, path) in counters {
      add(
        "sender_\(name)_total", "counter", help,
        senders.map { ([("sender", $0.name)], "\($0[keyPath: path])") })
    }
  }

  private mutating func addReceivers(_ receivers: [ReceiverStatus]) {
    let counters: [(String, String, any KeyPath<ReceiverStatus, UInt64> & Sendable)] = [
      ("packets", "Packets received.", \.packets),
      ("in_time", "Packets that were written before they were due.", \.inTime),
      ("late", "Packets whose first frame was already due.", \.late),
      ("early", "Packets beyond the write window.", \.early),
      ("duplicate", "Packets whose sequence number was already received.", \.duplicate),
      ("foreign", "Packets of other sources.", \.foreign),
      ("malformed", "Packets that are not of the agreed format.", \.malformed),
      ("reordered", "Packets that a later one overtook.", \.reordered),
      ("lost", "Packets that never arrived.", \.lost),
      ("resyncs", "Restarts of the sender.", \.resyncs),
    ]
    add(
      "receiver_running", "gauge", "1 while packets are received and played.",
      receivers.map { ([("receiver", $0.name)], $0.state.isReceiving ? "1" : "0") })
    add(
      "receiver_state", "gauge", "1 for the state that the receiver is in.",
      receivers.map {
        (
          [
            ("receiver", $0.name), ("state", $0.state.rawValue),
            ("health", $0.health.level.rawValue),
          ],
          "1"
        )
      })
    add(
      "receiver_silent_seconds", "gauge",
      "How long the receiver has been silent; 0 while it is not.",
      receivers.map { ([("receiver", $0.name)], Self.silence($0)) })
    for (name, help, path) in counters {
      add(
        "receiver_\(name)_total", "counter", help,
        receivers.map { ([("receiver", $0.name)], "\($0[keyPath: path])") })
    }
  }

  private mutating func addHistograms(_ all: StreamMeasurements) {
    add(
      "receiver_arrival_seconds",
      "Time from a packet's arrival until it was due; below zero for late packets.", "receiver",
      all.receivers.map { ($0.name, HistogramBuckets($0.arrivals, sum: $0.arrivalsSum)) })
    add(
      "sender_departure_seconds", "Time from a packet's last sample until the packet left.",
      "sender",
      all.senders.map { ($0.name, HistogramBuckets($0.departures, sum: $0.departuresSum)) })
  }

  private mutating func add(
    _ name: String, _ help: String, _ label: String, _ streams: [(name: String, HistogramBuckets)]
  ) {
    guard !streams.isEmpty else { return }
    lines.append("# HELP aes67_\(name) \(help)")
    lines.append("# TYPE aes67_\(name) histogram")
    for (stream, buckets) in streams {
      let labels = "\(label)=\"\(Self.escaped(stream))\""
      for (edge, count) in buckets.cumulative {
        lines.append("aes67_\(name)_bucket{\(labels),le=\"\(edge)\"} \(count)")
      }
      lines.append("aes67_\(name)_bucket{\(labels),le=\"+Inf\"} \(buckets.count)")
      lines.append("aes67_\(name)_sum{\(labels)} \(buckets.sum)")
      lines.append("aes67_\(name)_count{\(labels)} \(buckets.count)")
    }
  }

  private static func silence(_ receiver: ReceiverStatus) -> String {
    guard receiver.state == .silent, let age = receiver.health.lastPacketAgeMilliseconds else {
      return receiver.state == .silent ? "+Inf" : "0"
    }
    return "\(Double(age) / 1000)"
  }

  private mutating func addClients(_ clients: [ClientStatus]) {
    func labels(_ client: ClientStatus) -> [(String, String)] {
      [
        ("program", client.program), ("pid", "\(client.pid)"), ("slot", "\(client.slot)"),
        ("direction", client.direction.rawValue),
      ]
    }
    add(
      "client_frames_total", "counter", "Frames written or read since the stream's start.",
      clients.map { (labels($0), "\($0.frames)") })
    add(
      "client_xruns_total", "counter", "Underruns and overruns.",
      clients.map { (labels($0), "\($0.xruns)") })
  }
}
