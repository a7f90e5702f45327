// SPDX-License-Identifier: MIT
internal import Addressing
internal import ControlAPI
internal import DaemonConfiguration
internal import HTTPTypes
internal import MediaClock
internal import Session

extension SenderRequest {
  /// The sender that is asked for, starting from `old`.
  ///
  /// What it means beside the other streams is checked by whoever adds it.
  func applied(to old: SenderConfiguration) throws(ControlError) -> SenderConfiguration {
    var sender = old
    if let name { sender.name = try checked(name: name) }
    if let address { sender.address = try checked(address: address) }
    sender.port = try checked(port, "port", 1...65535, old.port)
    sender.channels = try checked(channels, "channels", 1...64, old.channels)
    sender.firstChannel = try checked(firstChannel, "firstChannel", 1...64, old.firstChannel)
    if channels != nil || firstChannel != nil { sender.map = nil }
    sender.payloadType = try checked(payloadType, "payloadType", 96...127, old.payloadType)
    if let packetTimeMicroseconds {
      guard let packetTime = PacketTime(microseconds: Int64(packetTimeMicroseconds)) else {
        throw .invalid(
          "packetTimeMicroseconds", "\(packetTimeMicroseconds)", "125, 250, 333, 1000 or 4000")
      }
      sender.packetTime = packetTime
    }
    if let enabled { sender.isEnabled = enabled }
    return sender
  }
}

extension ReceiverRequest {
  /// The receiver that is asked for, starting from `old`.
  ///
  /// - Parameter defaults: Say where a measured link offset may go.
  func applied(
    to old: ReceiverConfiguration, defaults: StreamDefaults
  ) throws(ControlError) -> ReceiverConfiguration {
    var receiver = old
    if let name { receiver.name = try checked(name: name) }
    if let subscription = try subscription() {
      receiver.subscription = subscription
      receiver.address = .any
    }
    if let address {
      receiver.address = try checked(address: address)
      receiver.subscription = nil
    }
    receiver.port = try checked(port, "port", 1...65535, old.port)
    if let source {
      receiver.source = source == "any" ? nil : try checked(address: source)
    }
    if let encoding {
      guard let known = ReceiverConfiguration.Encoding(rawValue: encoding) else {
        throw .invalid("encoding", encoding, "L24 or L16")
      }
      receiver.encoding = known
    }
    receiver.channels = try checked(channels, "channels", 1...64, old.channels)
    receiver.firstChannel = try checked(firstChannel, "firstChannel", 1...64, old.firstChannel)
    if channels != nil || firstChannel != nil { receiver.map = nil }
    if let payloadType {
      receiver.payloadType =
        payloadType == 0 ? nil : try checked(payloadType, "payloadType", 96...127, 96)
    }
    if linkOffsetMicroseconds == 0 {
      let measured = LinkOffset(automatic: defaults.bounds, packetTime: defaults.packetTime)
      receiver.linkOffset = measured.offset
      receiver.automaticOffset = measured.automatic
    } else if let linkOffsetMicroseconds {
      receiver.automaticOffset = nil
      // Longer than the shortest packet and what the network needs (BUF-02); the buffer's length.
      receiver.linkOffset = .microseconds(
        try checked(linkOffsetMicroseconds, "linkOffsetMicroseconds", 375...200_000, 0))
    }
    if let alignment {
      guard let known = ReceiverConfiguration.Alignment(rawValue: alignment) else {
        throw .invalid("alignment", alignment, "media-clock or arrival")
      }
      receiver.alignment = known
    }
    if let timestampOffset { receiver.timestampOffset = timestampOffset }
    if let enabled { receiver.isEnabled = enabled }
    return receiver
  }

  /// What is subscribed to; nil where the request does not say.
  private func subscription() throws(ControlError) -> Subscription? {
    guard session != nil || sdp != nil else { return nil }
    let said: [(String, Bool)] = [
      ("sdp", session != nil && sdp != nil), ("address", address != nil), ("port", port != nil),
      ("source", source != nil), ("encoding", encoding != nil),
      ("payloadType", payloadType != nil), ("alignment", alignment != nil),
      ("timestampOffset", timestampOffset != nil),
    ]
    if let twice = said.first(where: \.1)?.0 {
      throw ControlError(
        .badRequest, "\(twice) is what the session says already", hint: "leave \(twice) out")
    }
    if let session {
      guard !session.isEmpty, session.utf8.count <= 512 else {
        throw .invalid("session", session, "a name or an origin")
      }
      return .session(session)
    }
    guard let stream = try StreamDescription(requested: sdp ?? "") else {
      throw ControlError(
        .badRequest, "the description has no stream of audio",
        hint: "expected a section m=audio with RTP/AVP")
    }
    return .description(stream)
  }
}

private func checked(name: String) throws(ControlError) -> String {
  let isPrintable = name.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }
  guard (1...64).contains(name.count), isPrintable else {
    throw .invalid("name", name, "one line of 1 to 64 characters")
  }
  return name
}

private func checked(address text: String) throws(ControlError) -> IPv4Address {
  guard let address = IPv4Address(text), address.isMulticast || address.isUnicast else {
    throw .invalid("address", text, "an IPv4 address such as 239.69.1.1")
  }
  return address
}

private func checked<Number: FixedWidthInteger & Sendable>(
  _ value: Int?, _ key: String, _ range: ClosedRange<Int>, _ fallback: Number
) throws(ControlError) -> Number {
  guard let value else { return fallback }
  guard range.contains(value), let number = Number(exactly: value) else {
    throw .invalid(key, "\(value)", "\(range.lowerBound) to \(range.upperBound)")
  }
  return number
}

extension ControlError {
  /// A value that may not be there.
  static func invalid(_ key: String, _ value: String, _ expected: String) -> ControlError {
    ControlError(.badRequest, "\(key): \"\(value)\" is not allowed", hint: "expected \(expected)")
  }
}
