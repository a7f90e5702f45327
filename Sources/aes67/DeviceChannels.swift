// SPDX-License-Identifier: MIT
internal import ControlAPI

/// The device channels of a stream, in the order of its own channels; 0 for none.
struct DeviceChannels: Equatable {
  var numbers: [Int]

  init(_ numbers: [Int]) { self.numbers = numbers }

  init(_ sender: SenderStatus) { self.init(sender.deviceChannels) }

  init(_ receiver: ReceiverStatus) { self.init(receiver.deviceChannels) }

  /// `channel 17`, `channels 1 to 8`, `channels 17, none, 3`.
  var words: String {
    guard numbers.count > 1 else { return "channel \(Self.word(numbers.first ?? 0))" }
    if let first = numbers.first, first > 0, numbers == Array(first..<first + numbers.count) {
      return "channels \(first) to \(first + numbers.count - 1)"
    }
    return "channels " + numbers.map(Self.word).joined(separator: ", ")
  }

  /// The short form for narrow columns: `17`, `1-8`, `17,-,3`.
  var short: String {
    if numbers.count > 1, let first = numbers.first, first > 0,
      numbers == Array(first..<first + numbers.count)
    {
      return "\(first)-\(first + numbers.count - 1)"
    }
    return numbers.map { $0 == 0 ? "-" : "\($0)" }.joined(separator: ",")
  }

  /// The list for the key `channels`; one of a single channel ends with a comma.
  var setting: String {
    numbers.map(Self.word).joined(separator: ",") + (numbers.count == 1 ? "," : "")
  }

  private static func word(_ number: Int) -> String { number == 0 ? "none" : "\(number)" }
}
