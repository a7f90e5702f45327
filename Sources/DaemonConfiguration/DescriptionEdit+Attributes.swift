// SPDX-License-Identifier: MIT
internal import MediaClock
package import Session

extension DescriptionEdit {
  /// The field of a description that has an attribute of a sender; nil if no description has it.
  private static func field(of key: String) -> Field? {
    switch key {
    case "name": .name
    case "address": .address
    case "ttl": .timeToLive
    case "port": .port
    case "payload-type": .payloadType
    case "channels": .channels
    case "packet-time": .packetTime
    case "channel-names": .channelNames
    default: nil
    }
  }

  /// The attributes of a sender that the edited text changes, by their keys.
  package var attributes: [String: String] {
    var keys: [String: String] = [:]
    for key in SenderConfiguration.attributes.map(\.description.key) {
      guard let field = Self.field(of: key), changes(field) else { continue }
      keys[key] =
        switch field {
        case .name: after.name
        case .address: after.address.text
        case .timeToLive: after.timeToLive.map { "\($0)" } ?? "network"
        case .port: "\(after.port)"
        case .payloadType: "\(after.payloadType)"
        case .channels: "\(after.channels)"
        case .packetTime: packetTimeText
        case .channelNames: after.channelNames.joined(separator: ", ")
        }
    }
    return keys
  }

  private var packetTimeText: String {
    let frames = after.frames ?? 0
    let interval = DeviceFormat.rate.interval(of: Int64(frames))
    return PacketTime(interval)?.configured
      ?? "\(PacketTimeAttribute.value(frames: frames, rate: after.rate))ms"
  }

  /// The line of the text with the value of an attribute; 0 for none.
  package func line(ofAttribute key: String) -> Int {
    Self.field(of: key).map { line(of: $0) } ?? 0
  }
}

extension SubscribedDescription {
  /// The reason why a receiver cannot take an edited text, with the line, or 0 for the text as a whole; nil if
  /// it can.
  ///
  /// Unreadable lines are refused here, because the user can correct them at once. Lines that were in the text
  /// before are accepted, because they come from the sender.
  package static func refusal(
    of text: String, instead before: String
  ) -> (line: Int, sentence: String)? {
    let known = Set(((try? SessionReading(parsing: before))?.faults ?? []).map(\.reason))
    do throws(SDPError) {
      let reading = try SessionReading(parsing: text)
      let faults = reading.faults.sorted { $0.line < $1.line }
      let fault = faults.first { !known.contains($0.reason) }
      if let fault = fault ?? (reading.streams.isEmpty ? faults.first : nil) {
        return (fault.line, fault.reason.sentence)
      }
      let host = ReceiverProfile.thisHost(addresses: [], clock: nil)
      let verdicts = reading.streams.map { host.verdict(on: $0) }
      guard let first = verdicts.first, verdicts.allSatisfy(\.isLastingRefusal),
        let obstacle = first.obstacles.first(where: \.isLasting)
      else { return nil }
      return (obstacle.line(in: text), obstacle.description)
    } catch {
      return (error.line, error.reason.sentence)
    }
  }
}
