// SPDX-License-Identifier: MIT
package import Session

/// A text of SDP that a receiver subscribes to: by file, by URL, or as it is.
///
/// It may describe nothing that can be received. That is no fault of the configuration: the receiver says so.
package struct SubscribedDescription: Sendable {
  /// Where the text came from, for messages.
  package let name: String
  package let text: String
  /// The first stream that this host can receive, or else the first; nil where there is none.
  package let stream: StreamDescription?
  /// Why nothing that the text describes can ever be received here; nil where something can.
  package let problem: String?
  /// What of the text was passed over, a sentence each.
  package let notes: [String]

  /// - Parameter quotes: whether problem and notes quote the text's lines. False for what was fetched from an address that
  ///   a stranger may have redirected us to: its content is not for everybody who reads a status or a log (assault F12).
  package init(text: String, named name: String, quotes: Bool = true) {
    self.name = name
    self.text = text
    do throws(SDPError) {
      let reading = try SessionReading(parsing: text)
      let host = ReceiverProfile.thisHost(addresses: [], clock: nil)
      stream =
        reading.streams.first { !host.verdict(on: $0).isLastingRefusal } ?? reading.streams.first
      notes = reading.faults.map {
        "\($0.place(in: name)): \($0.reason.sentence(quoting: quotes))"
      }
      if let verdict = stream.map({ host.verdict(on: $0) }) {
        problem = verdict.isLastingRefusal ? "\(name): \(verdict)" : nil
      } else {
        problem = notes.first
      }
    } catch {
      stream = nil
      notes = []
      problem = "\(error.place(in: name)): \(error.reason.sentence(quoting: quotes))"
    }
  }
}

extension SubscribedDescription: Equatable {
  /// The same text is the same description, wherever it came from.
  package static func == (left: Self, right: Self) -> Bool { left.text == right.text }
}

extension SDPError {
  /// The text's name with the number of the line, if one is meant: as compilers write it, but for a URL, where it
  /// would look like a port.
  func place(in name: String) -> String {
    guard line > 0 else { return name }
    return name.contains("://") ? "\(name): line \(line)" : "\(name):\(line)"
  }
}

/// What a receiver's subscription comes to at present.
package enum SubscriptionOutcome: Equatable, Sendable {
  /// The receiver with the stream's address and format; and a warning about it, or nil.
  case receive(ReceiverConfiguration, note: String?)
  /// Nothing is known yet of what it subscribes to, or nothing any more.
  case wait(reason: String)
  /// What it subscribes to is known, and cannot be received here as it is.
  case notReceivable(reason: String)
}
