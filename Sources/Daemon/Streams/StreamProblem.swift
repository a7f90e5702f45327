// SPDX-License-Identifier: MIT
internal import LinuxIO
internal import MediaClock

/// What is wrong with a stream, by itself or beside the others of its direction: for the file, whose line
/// is then named, and for everybody who changes streams at run time.
public struct StreamProblem: Equatable, Sendable, CustomStringConvertible {
  /// The keys that may be to blame, the likeliest first.
  let keys: [String]
  let message: String

  public var description: String { "\(keys[0]): \(message)" }

  /// More channels from `first` on than the device has.
  static func channels(from first: Int, count: Int, _ map: ChannelMap?) -> StreamProblem? {
    if let map, map.channels.count != count {
      return StreamProblem(
        keys: ["channels"],
        message: "a list of \(map.channels.count) device channels does not fit \(count) channels")
    }
    let last = map?.span.upperBound ?? first + count - 1
    guard last > deviceChannels else { return nil }
    return StreamProblem(
      keys: ["first-channel", "channels"],
      message:
        "\(count) channels from \(first) reach channel \(last); the device has \(deviceChannels)")
  }

  /// More in a packet than fits (AES-10).
  static func payload(of sender: SenderConfiguration) -> StreamProblem? {
    let greatest = min(sender.packetTime.maximumL24Channels, deviceChannels)
    guard sender.channels > greatest else { return nil }
    let bytes = sender.channels * sender.packetTime.frames * 3
    return StreamProblem(
      keys: ["channels"],
      message:
        "\(sender.channels) channels of \(sender.packetTime.configured) make a payload of \(bytes)"
        + " bytes; 1440 fit: at most \(greatest) channels at this packet time")
  }
}

extension SenderConfiguration {
  /// What is wrong with it beside `others`.
  func problems(beside others: [SenderConfiguration]) -> [StreamProblem] {
    [
      StreamProblem.channels(from: firstChannel, count: channels, map),
      StreamProblem.payload(of: self),
      addressProblem(beside: others),
    ].compactMap(\.self)
  }

  private func addressProblem(beside others: [SenderConfiguration]) -> StreamProblem? {
    guard address != .any,
      let other = others.last(where: { $0.address == address && $0.port == port })
    else { return nil }
    return StreamProblem(
      keys: ["address"],
      message:
        "\(address):\(port) is sender \"\(other.name)\"'s already; receivers could not tell the two"
        + " apart")
  }
}

extension ReceiverConfiguration {
  /// What is wrong with it beside `others`.
  func problems(beside others: [ReceiverConfiguration]) -> [StreamProblem] {
    [
      StreamProblem.channels(from: firstChannel, count: channels, map),
      overlapProblem(beside: others),
    ].compactMap(\.self)
  }

  private func overlapProblem(beside others: [ReceiverConfiguration]) -> StreamProblem? {
    for case let channel? in route {
      guard let other = others.first(where: { $0.route.contains(channel) }) else { continue }
      return StreamProblem(
        keys: ["first-channel", "channels"],
        message: "device channel \(channel + 1) is filled by receiver \"\(other.name)\" already")
    }
    return nil
  }
}
