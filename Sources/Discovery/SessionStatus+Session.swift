// SPDX-License-Identifier: MIT
internal import Addressing
internal import ControlAPI
internal import MediaClock
internal import Notation
internal import Session

extension VerdictStatus {
  init(_ verdict: Verdict) {
    self.init(
      receivable: verdict.isReceivable, sentence: verdict.description,
      obstacles: verdict.obstacles.map(\.description))
  }
}

extension SessionStreamStatus {
  init(_ stream: StreamDescription, for host: ReceiverProfile) {
    let presets = PeerPreset.allCases.map { preset in
      (preset.rawValue, VerdictStatus(preset.receiver.verdict(on: stream)))
    }
    self.init(
      name: stream.name.asName, address: stream.address.text, port: Int(stream.port),
      encoding: stream.encoding.description, rate: stream.rate, channels: stream.channels,
      packetTimeMicroseconds: stream.frames.flatMap { frames in
        stream.rate > 0
          ? Int(clamping: (Double(frames) * 1e6 / Double(stream.rate)).rounded()) : nil
      },
      channelNames: stream.channelNames,
      referenceClock: stream.referenceClocks.first?.value ?? "",
      verdict: VerdictStatus(host.verdict(on: stream)),
      presets: Dictionary(uniqueKeysWithValues: presets))
  }
}

extension Int {
  /// The nearest number to a value from the network, which may be any.
  fileprivate init(clamping value: Double) {
    self = value >= 9e15 ? Int.max : Int(value)
  }
}

extension SessionStatus {
  /// The status of another host's session.
  init(_ session: DiscoveredSession, _ reading: SessionReading, for host: ReceiverProfile) {
    self.init(
      origin: session.identity.description, name: session.name.asName,
      version: session.origin.version,
      announcer: session.source.description, isOwn: false,
      periodSeconds: session.period.map { Double($0.nanoseconds) / 1e9 },
      streams: reading.streams.map { SessionStreamStatus($0, for: host) },
      problems: reading.faults.map(\.description), sdp: String(decodingText: session.payload))
  }

  /// The status of one of our sessions, as it is announced.
  init(own description: SessionDescription, for host: ReceiverProfile) {
    let streams = (try? description.streams()) ?? []
    self.init(
      origin: description.origin.identity.description, name: description.name,
      version: description.origin.version, announcer: description.origin.address.text, isOwn: true,
      periodSeconds: nil, streams: streams.map { SessionStreamStatus($0, for: host) },
      sdp: description.text)
  }
}

extension SessionDirectory.Counts {
  /// The packets without effect by cause, as in the status.
  var byCause: [String: Int] {
    [
      "malformed": malformed, "unreadable": unreadable, "refused": refused, "rationed": rationed,
      "compressed": compressed,
    ]
  }
}
