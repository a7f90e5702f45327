// SPDX-License-Identifier: MIT
internal import Addressing
internal import LinuxIO
internal import MediaClock
package import Session

/// The streams that a file of SDP describes; or why there are none, with file and line.
package struct DescriptionFile {
  let path: String
  package let streams: [StreamDescription]

  /// What is wrong with the file, in a sentence that begins with its name.
  package struct Problem: Error, CustomStringConvertible {
    package let description: String
  }

  init(_ path: String) throws(Problem) {
    let text: String
    do throws(SystemError) {
      text = try Files.read(path)
    } catch {
      throw Problem(description: "\(error)")
    }
    try self.init(text: text, named: path)
  }

  /// - Parameter path: What the text is called where something is wrong with it.
  package init(text: String, named path: String) throws(Problem) {
    self.path = path
    do throws(SDPError) {
      streams = try SessionDescription(parsing: text).streams()
    } catch {
      throw Problem(
        description: error.line > 0
          ? "\(path):\(error.line): \(error.reason.sentence)" : "\(path): \(error.reason.sentence)")
    }
  }

  private static let packetTimes: [PacketTime] = [.us125, .us250, .us333, .ms1, .ms4]

  /// The streams as senders on consecutive device channels, the first at the first (SDP-15: media
  /// sections without a DUP group are streams of their own).
  func senders() throws(Problem) -> [SenderConfiguration] {
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
  ) throws(Problem) -> SenderConfiguration {
    func refuse(_ reason: String) -> Problem {
      Problem(description: "\(path): stream \"\(stream.name)\": \(reason)")
    }
    guard let address = stream.address.ip4, address.isMulticast || address.isUnicast else {
      throw refuse("\(stream.address) is no IPv4 address that can be sent to")
    }
    guard stream.encoding == .l24 else {
      throw refuse("\(stream.encoding) is not sent; L24 is")
    }
    guard stream.rate == 48_000 else { throw refuse("\(stream.rate) Hz is not sent; 48000 Hz is") }
    guard (96...127).contains(stream.payloadType) else {
      throw refuse("payload type \(stream.payloadType) is not one of 96 to 127")
    }
    let frames = stream.frames ?? PacketTime.ms1.frames
    guard let packetTime = Self.packetTimes.first(where: { $0.frames == frames }) else {
      throw refuse("a=ptime is none of 0.125, 0.25, 0.333, 1 and 4")
    }
    return SenderConfiguration(
      name: stream.name, address: address, port: stream.port, channels: stream.channels,
      firstChannel: firstChannel, packetTime: packetTime, payloadType: stream.payloadType,
      isEnabled: !stream.isInactive, channelNames: stream.channelNames)
  }
}
