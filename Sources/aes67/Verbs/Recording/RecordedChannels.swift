// SPDX-License-Identifier: MIT
internal import ArgumentParser
internal import ControlAPI
internal import Notation

/// Which device channels are recorded, and of which part of the device they are columns.
struct RecordedChannels: Equatable {
  /// In the order of the file; 0 for silence.
  let numbers: [Int]
  /// For the file: a receiver's name, or the channels.
  let description: String

  /// - Parameters:
  ///   - text: Device channels such as `1-8` or `17,3`, or a receiver's name, or `#` and its id.
  ///   - receivers: Those of this host.
  init(_ text: String, _ receivers: [ReceiverStatus]) throws {
    if let receiver = receivers.first(where: { $0.name == text || "#\($0.id)" == text }) {
      numbers = DeviceChannels(receiver).numbers
      description = receiver.name
    } else if let listed = Self.listed(text) {
      numbers = listed
      description = "device channels \(text)"
    } else {
      let names = receivers.map { "\"\($0.name)\"" }.joined(separator: ", ")
      throw refusal(
        "\(text) is neither a receiver nor device channels such as 1-8 or 17,3",
        names.isEmpty
          ? "there is no receiver; aes67 subscribe adds one" : "the receivers are \(names)")
    }
  }

  /// Nil for what is no list of channels from 1 to 64.
  private static func listed(_ text: String) -> [Int]? {
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

  /// From the lowest to the highest device channel.
  var span: ClosedRange<Int> {
    let used = numbers.filter { $0 > 0 }
    return (used.min() ?? 1)...(used.max() ?? 1)
  }

  /// Of the span, from 0; nil for silence.
  var columns: [Int?] { numbers.map { $0 > 0 ? $0 - span.lowerBound : nil } }

  /// The ALSA device that is the span.
  func deviceName(_ instance: String) -> String {
    "aes67:CH=\(span.count),FIRST=\(span.lowerBound)"
      + (instance.isEmpty ? "" : ",INSTANCE=\(instance)")
  }
}

/// How long a recording shall be: `90s`, `10m` or `2h`, with decimals if wanted.
struct RecordingDuration: Equatable {
  let seconds: Double

  init(_ text: String) throws {
    let units: [Character: Double] = ["s": 1, "m": 60, "h": 3_600]
    guard let unit = text.last.flatMap({ units[$0] }),
      text.dropLast().allSatisfy({ $0.isASCII && ($0.isNumber || $0 == ".") }),
      let number = Double(text.dropLast()), number > 0, number * unit < 31_536_000
    else { throw ValidationError("use a time such as 90s, 10m or 2h") }
    seconds = number * unit
  }

  /// Rounded to whole frames.
  func frames(rate: Int) -> Int64 { Int64((seconds * Double(rate)).rounded()) }
}
