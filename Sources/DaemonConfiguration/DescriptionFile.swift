// SPDX-License-Identifier: MIT
internal import Addressing
internal import MediaClock
package import Session

/// An SDP text with all of the streams that it describes. Each line must be valid, because senders are made
/// from it.
package struct DescriptionFile: Equatable, Sendable {
  /// The path of the file, or another name of the text, for messages.
  package let name: String
  package let streams: [StreamDescription]

  /// - Throws: the mistake in the text, with name and line.
  package init(text: String, named name: String) throws(ValueError) {
    self.name = name
    do throws(SDPError) {
      let reading = try SessionReading(parsing: text)
      if let fault = reading.faults.first { throw fault }
      streams = reading.streams
    } catch {
      throw ValueError("\(error.place(in: name)): \(error.reason.sentence)")
    }
  }

  /// The streams as senders on consecutive device channels from the first (SDP-15: media sections without a DUP
  /// group are separate streams).
  package func senders() throws(ValueError) -> [SenderConfiguration] {
    var senders: [SenderConfiguration] = []
    var channel = 1
    for stream in streams {
      senders.append(try sender(of: stream, firstChannel: channel))
      channel += stream.channels
    }
    return senders
  }

  private func sender(
    of stream: StreamDescription, firstChannel: Int
  ) throws(ValueError) -> SenderConfiguration {
    func refusal(_ reason: String) -> ValueError {
      ValueError("\(name): stream \"\(stream.name)\": \(reason)")
    }
    guard let address = stream.address.ip4, address.isMulticast || address.isUnicast else {
      throw refusal("\(stream.address) is not an IPv4 address that can be sent to")
    }
    guard stream.encoding == .l24 else {
      throw refusal("\(stream.encoding) cannot be sent; only L24 can")
    }
    guard stream.rate == Int(DeviceFormat.rate.hertz) else {
      throw refusal("\(stream.rate) Hz cannot be sent; only \(DeviceFormat.rate.hertz) Hz can")
    }
    guard (96...127).contains(stream.payloadType) else {
      throw refusal("payload type \(stream.payloadType) is not one of 96 to 127")
    }
    let frames = stream.frames ?? PacketTime.ms1.frames
    guard let packetTime = PacketTime.all.first(where: { $0.frames == frames }) else {
      throw refusal("a=ptime is not one of 0.125, 0.25, 0.333, 1 and 4")
    }
    var sender = SenderConfiguration()
    sender.name = stream.name
    sender.address = address
    sender.port = stream.port
    sender.channels = stream.channels
    sender.firstChannel = firstChannel
    sender.packetTime = packetTime
    sender.payloadType = stream.payloadType
    sender.isEnabled = !stream.isInactive
    sender.channelNames = stream.channelNames
    return sender
  }
}

extension Codec where Value == DescriptionFile {
  /// The path of a file, which is then read.
  static var descriptionFile: Codec {
    let type = ValueType(.text, expected: "the path of an SDP file")
    return Codec(type, text: \.name) { node, context throws(ValueError) in
      let path = try type.scalar(node)
      return try DescriptionFile(text: try context.file(path), named: path)
    }
  }
}

extension Codec where Value == SubscribedDescription {
  /// The text of a description.
  ///
  /// - Parameter isPath: true if the value is the path of a file with the text.
  static func description(isPath: Bool) -> Codec {
    let type = ValueType(
      .text, expected: isPath ? "the path of an SDP file" : "the text of an SDP description")
    return Codec(
      type, text: \.text,
      read: { node, context throws(ValueError) in
        let value = try type.scalar(node)
        let description = SubscribedDescription(
          text: isPath ? try context.file(value) : value, named: isPath ? value : "sdp-text")
        if context.isStrict, let problem = description.problem { throw ValueError(problem) }
        return description
      })
  }
}
