// SPDX-License-Identifier: MIT
internal import ArgumentParser
internal import ControlAPI
internal import ControlClient
internal import Notation

/// `aes67 route`: moves a channel of a received stream to another device channel.
struct Route: Verb {
  static let configuration = CommandConfiguration(
    abstract: "Moves one received channel to another device channel.",
    discussion: """
      Name a received channel by the device channel it is on now, or as "RECEIVER:NUMBER", where the number \
      counts the channels of that receiver. All other channels stay where they are.

      Examples:
        aes67 route 1 --to 17
        aes67 route "Stage left:2" --to 18
        aes67 route "Stage left:2" --to none
      """)

  @OptionGroup var connection: Connection

  @Argument(
    help: ArgumentHelp("The received channel.", valueName: "channel"),
    completion: .receivedChannels)
  var source: String

  @Option(help: "The device channel, 1 to 64, or none to drop the channel.")
  var to: String

  @Flag(help: "Take the device channel from the receiver that fills it now.")
  var replace = false

  /// The device channel; 0 for none.
  private var target: Int {
    get throws {
      if to == "none" { return 0 }
      guard let number = Int(decimal: to), (1...64).contains(number) else {
        throw ValidationError("--to \(to): use a device channel from 1 to 64, or none")
      }
      return number
    }
  }

  func validate() throws { _ = try target }

  func perform(_ client: ControlClient) throws {
    let receivers = try ReceiverKind.all(client)
    let target = try target
    let (receiver, place) = try find(receivers)
    var channels = DeviceChannels(receiver)
    guard channels.numbers[place] != target else { return print(receiver.line) }
    channels.numbers[place] = target
    // Receivers of the layout yield by themselves; within one receiver, two channels cannot be the same.
    let taken = receivers.first { $0.fills(target) && ($0.id == receiver.id || !$0.yields) }
    if target != 0, let taken {
      guard replace else {
        throw refusal(
          "channel \(target) is filled by \"\(taken.name)\"", "add --replace to take it from there")
      }
      var left = taken.id == receiver.id ? channels : DeviceChannels(taken)
      for other in left.numbers.indices
      where left.numbers[other] == target && (taken.id != receiver.id || other != place) {
        left.numbers[other] = 0
      }
      if taken.id == receiver.id { channels = left } else { try set(left, taken, client) }
    }
    print(try set(channels, receiver, client).line)
  }

  /// The receiver, and the index of the channel among its own.
  private func find(_ receivers: [ReceiverStatus]) throws -> (ReceiverStatus, Int) {
    if let channel = Int(decimal: source) {
      for receiver in receivers {
        if let place = DeviceChannels(receiver).numbers.firstIndex(of: channel), channel > 0 {
          return (receiver, place)
        }
      }
      throw refusal(
        "no receiver fills channel \(source)",
        "aes67 routes lists the streams on each device channel")
    }
    guard let colon = source.lastIndex(of: ":"),
      let number = Int(decimal: String(source[source.index(after: colon)...])), number > 0
    else {
      throw ValidationError("\(source): use a device channel such as 17, or \"Stage left:2\"")
    }
    let name = String(source[..<colon])
    guard let receiver = receivers.first(where: { $0.name == name || "#\($0.id)" == name }) else {
      let names = receivers.map { "\"\($0.name)\"" }.joined(separator: ", ")
      throw refusal(
        "there is no receiver \"\(name)\"", names.isEmpty ? "there are none" : "there are \(names)")
    }
    guard number <= receiver.channels else {
      throw refusal(
        "\"\(name)\" has no channel \(number)", "it has \(receiver.channels), counted from 1")
    }
    return (receiver, number - 1)
  }

  @discardableResult
  private func set(
    _ channels: DeviceChannels, _ receiver: ReceiverStatus, _ client: ControlClient
  ) throws -> ReceiverStatus {
    guard channels.numbers.contains(where: { $0 > 0 }) else {
      throw refusal(
        "\"\(receiver.name)\" would have no channel left",
        "disable it: aes67 receivers disable \"\(receiver.name)\"")
    }
    return try client.send(
      "PATCH", ReceiverKind.path("#\(receiver.id)"), ["channels": channels.setting],
      as: ReceiverStatus.self)
  }

  private func refusal(_ reason: String, _ hint: String) -> ExitCode {
    complain(reason, hint: hint)
    return ExitCode(1)
  }
}

extension ReceiverStatus {
  /// Returns true if programs record it from this device channel.
  fileprivate func fills(_ channel: Int) -> Bool {
    DeviceChannels(self).numbers.contains(channel)
  }
}

/// `aes67 routes`: the received and the sent stream on each device channel.
struct Routes: Verb {
  static let configuration = CommandConfiguration(
    abstract: "Lists the receiver and the senders of each device channel.",
    discussion: """
      Examples:
        aes67 routes
        aes67 routes --json
      """)

  /// The streams of one device channel; each as `NAME:NUMBER`.
  struct Row: Codable {
    var channel: Int
    var received: String?
    var sent: [String]
  }

  @OptionGroup var connection: Connection
  @Flag(help: "Machine-readable JSON output.") var json = false

  func perform(_ client: ControlClient) throws {
    let rows = Self.rows(try SenderKind.all(client), try ReceiverKind.all(client))
    if json { return try printJSON(rows) }
    guard !rows.isEmpty else { return print("no device channel is received or sent") }
    var table = Table(">CHANNEL", "RECEIVED", "SENT")
    for row in rows {
      table.add("\(row.channel)", row.received ?? "", row.sent.joined(separator: ", "))
    }
    table.show()
  }

  private static func rows(_ senders: [SenderStatus], _ receivers: [ReceiverStatus]) -> [Row] {
    var rows: [Int: Row] = [:]
    func row(_ channel: Int, _ change: (inout Row) -> Void) {
      guard channel > 0 else { return }
      change(&rows[channel, default: Row(channel: channel, received: nil, sent: [])])
    }
    for receiver in receivers {
      for (place, channel) in DeviceChannels(receiver).numbers.enumerated() {
        row(channel) { $0.received = "\(receiver.name):\(place + 1)" }
      }
    }
    for sender in senders {
      for (place, channel) in DeviceChannels(sender).numbers.enumerated() {
        row(channel) { $0.sent.append("\(sender.name):\(place + 1)") }
      }
    }
    return rows.values.sorted { $0.channel < $1.channel }
  }
}
