// SPDX-License-Identifier: MIT
internal import ControlAPI
internal import HTTPTypes
internal import LinuxIO
internal import MediaClock

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
    sender.payloadType = try checked(payloadType, "payloadType", 96...127, old.payloadType)
    if let packetTimeMicroseconds {
      guard let packetTime = PacketTime(microseconds: Int64(packetTimeMicroseconds)) else {
        throw .wrong(
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
  func applied(to old: ReceiverConfiguration) throws(ControlError) -> ReceiverConfiguration {
    var receiver = old
    if let name { receiver.name = try checked(name: name) }
    if let address { receiver.address = try checked(address: address) }
    receiver.port = try checked(port, "port", 1...65535, old.port)
    if let source {
      receiver.source = source == "any" ? nil : try checked(address: source)
    }
    if let encoding {
      guard let known = ReceiverConfiguration.Encoding(rawValue: encoding) else {
        throw .wrong("encoding", encoding, "L24 or L16")
      }
      receiver.encoding = known
    }
    receiver.channels = try checked(channels, "channels", 1...64, old.channels)
    receiver.firstChannel = try checked(firstChannel, "firstChannel", 1...64, old.firstChannel)
    if let payloadType {
      receiver.payloadType =
        payloadType == 0 ? nil : try checked(payloadType, "payloadType", 96...127, 96)
    }
    if let linkOffsetMicroseconds {
      // Longer than the shortest packet and what the network needs (BUF-02); the buffer's length.
      receiver.linkOffset = .microseconds(
        try checked(linkOffsetMicroseconds, "linkOffsetMicroseconds", 375...200_000, 0))
    }
    if let alignment {
      guard let known = ReceiverConfiguration.Alignment(rawValue: alignment) else {
        throw .wrong("alignment", alignment, "media-clock or arrival")
      }
      receiver.alignment = known
    }
    if let timestampOffset { receiver.timestampOffset = timestampOffset }
    if let enabled { receiver.isEnabled = enabled }
    return receiver
  }
}

private func checked(name: String) throws(ControlError) -> String {
  guard (1...64).contains(name.count), !name.contains(where: { $0.isNewline || $0 == "\0" }) else {
    throw .wrong("name", name, "one line of 1 to 64 characters")
  }
  return name
}

private func checked(address text: String) throws(ControlError) -> IPv4Address {
  guard let address = IPv4Address(text), address.isMulticast || address.isUnicast else {
    throw .wrong("address", text, "an IPv4 address such as 239.69.1.1")
  }
  return address
}

private func checked<Number: FixedWidthInteger & Sendable>(
  _ value: Int?, _ key: String, _ range: ClosedRange<Int>, _ fallback: Number
) throws(ControlError) -> Number {
  guard let value else { return fallback }
  guard range.contains(value), let number = Number(exactly: value) else {
    throw .wrong(key, "\(value)", "\(range.lowerBound) to \(range.upperBound)")
  }
  return number
}

extension ControlError {
  /// A value that may not be there.
  static func wrong(_ key: String, _ value: String, _ expected: String) -> ControlError {
    ControlError(.badRequest, "\(key): \"\(value)\" is not allowed", hint: "expected \(expected)")
  }
}
