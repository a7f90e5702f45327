// SPDX-License-Identifier: MIT
internal import ArgumentParser
internal import ControlAPI
internal import Notation

/// The device channels to record or to listen to, and the range of the device that contains them.
struct SelectedChannels: Equatable {
  /// The device channels in the order of the file or the card; 0 for silence.
  let numbers: [Int]
  /// A receiver's name, or the channels.
  let description: String

  init(numbers: [Int], description: String) {
    self.numbers = numbers
    self.description = description
  }

  init(_ receiver: ReceiverStatus) {
    self.init(numbers: DeviceChannels(receiver).numbers, description: receiver.name)
  }

  /// Nil if the text is neither a receiver nor device channels.
  ///
  /// - Parameters:
  ///   - text: device channels such as `1-8` or `17,3`, or a receiver's name, or `#` and its id.
  ///   - receivers: those of this host.
  init?(_ text: String, among receivers: [ReceiverStatus]) {
    if let receiver = receivers.first(where: { $0.name == text || "#\($0.id)" == text }) {
      self.init(receiver)
    } else if let listed = Self.listed(text) {
      self.init(numbers: listed, description: "device channels \(text)")
    } else {
      return nil
    }
  }

  /// Refuses a text that is neither a receiver nor device channels.
  static func recorded(
    _ text: String, _ receivers: [ReceiverStatus]
  ) throws -> SelectedChannels {
    if let selection = SelectedChannels(text, among: receivers) { return selection }
    let names = receivers.map { "\"\($0.name)\"" }.joined(separator: ", ")
    throw refusal(
      "\(text) is neither a receiver nor device channels such as 1-8 or 17,3",
      names.isEmpty
        ? "there is no receiver; aes67 subscribe adds one" : "the receivers are \(names)")
  }

  /// Parses a list of channels from 1 to 64; nil for other texts.
  static func listed(_ text: String) -> [Int]? {
    var numbers: [Int] = []
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      let ends = part.split(separator: "-", omittingEmptySubsequences: false).map {
        Int(decimal: String($0))
      }
      guard ends.count <= 2, let low = ends.first ?? nil, let high = ends.last ?? nil, low >= 1,
        low <= high, high <= 64
      else { return nil }
      numbers += low...high
    }
    return numbers.count <= 64 ? numbers : nil
  }

  /// The range from the lowest to the highest device channel.
  var span: ClosedRange<Int> {
    let used = numbers.filter { $0 > 0 }
    return (used.min() ?? 1)...(used.max() ?? 1)
  }

  /// The channels as indices in that range, from 0; nil for silence.
  var columns: [Int?] { numbers.map { $0 > 0 ? $0 - span.lowerBound : nil } }

  /// The ALSA device for that range.
  func deviceName(_ instance: String) -> String {
    "aes67:CH=\(span.count),FIRST=\(span.lowerBound)"
      + (instance.isEmpty ? "" : ",INSTANCE=\(instance)")
  }
}
