// SPDX-License-Identifier: MIT
package import Session

/// An SDP text to which a receiver subscribes: from a file, from a URL, or given directly.
///
/// If it describes no receivable stream, that is not a mistake in the configuration: the receiver's status
/// reports it.
package struct SubscribedDescription: Sendable {
  /// The origin of the text, for messages.
  package let name: String
  package let text: String
  /// The first stream that this host can receive, otherwise the first one; nil if there is none.
  package let stream: StreamDescription?
  /// The reason why no stream of the text can ever be received here; nil if one can.
  package let problem: String?
  /// The parts of the text that were skipped, one sentence each.
  package let notes: [String]

  /// - Parameter quotes: true if problem and notes may quote the text's lines. False for a text from an address
  ///   to which a stranger may have redirected us: its content is not for everybody who reads a status or a log
  ///   (assault F12).
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
  /// Two descriptions are equal if their texts are, whatever their origin.
  package static func == (left: Self, right: Self) -> Bool { left.text == right.text }
}

extension SDPError {
  /// The name of the text with the line number, if there is one: `NAME:LINE` as in compilers' messages, but not
  /// for a URL, in which it would look like a port.
  func place(in name: String) -> String {
    guard line > 0 else { return name }
    return name.contains("://") ? "\(name): line \(line)" : "\(name):\(line)"
  }
}

/// The present result of a receiver's subscription.
package enum SubscriptionOutcome: Equatable, Sendable {
  /// The receiver with the stream's address and format, and a warning about it, or nil.
  case receive(ReceiverConfiguration, note: String?)
  /// The stream is not known yet, or not known any more.
  case wait(reason: String)
  /// The stream is known, but cannot be received here as it is.
  case notReceivable(reason: String)
}
