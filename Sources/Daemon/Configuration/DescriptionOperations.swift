// SPDX-License-Identifier: MIT
internal import Control
internal import ControlAPI
internal import DaemonConfiguration
internal import Media
internal import Session

/// Changes of streams by their SDP.
extension ConfigurationManager {
  func describeSender(
    _ selector: StreamSelector, sdp text: String
  ) throws(OperationError) -> SenderStatus {
    let (id, sender) = try selector.find(among: streams.senders, "sender")
    guard let before = users.description(id, sender) else { throw .notAnnounced(sender.name) }
    let edit: DescriptionEdit
    do throws(SDPError) {
      edit = try DescriptionEdit(from: before, to: text)
    } catch {
      throw .inDescription(error.line, error.reason.sentence)
    }
    let request = Node(edit.attributes)
    do throws(ConfigurationError) {
      _ = try sender.applying(request, named: "request")
    } catch {
      let problem = error.problems[0]
      throw .inDescription(edit.line(ofAttribute: problem.key), "\(problem)")
    }
    return try changeSender(selector, request)
  }

  func describeReceiver(
    _ selector: StreamSelector, sdp text: String, replacing: Bool
  ) throws(OperationError) -> ReceiverStatus {
    let (_, receiver) = try selector.find(among: streams.receivers, "receiver")
    let before = users.sessions().description(of: receiver) ?? ""
    if let (line, sentence) = SubscribedDescription.refusal(of: text, instead: before) {
      throw .inDescription(line, sentence)
    }
    return try changeReceiver(selector, Node(["sdp-text": text]), replacing: replacing)
  }
}

extension SessionsStatus {
  /// The SDP of a sender of this host as it is announced; nil if it is not.
  func description(ofSender name: String) -> String? {
    sessions.first { $0.isOwn && $0.name == name }?.sdp
  }

  /// The SDP of the stream that a receiver receives: its own, or that of the session that it follows; nil if
  /// none is known.
  func description(of receiver: ReceiverConfiguration) -> String? {
    // A session of this host may have the same name; it is received only if no other has it.
    let all = sessions.filter { !$0.isOwn } + sessions.filter(\.isOwn)
    return switch receiver.subscription {
    case .description(let description)?: description.text
    case .session(let name)?:
      all.first { session in
        session.name == name || session.origin == name
          || session.streams.contains { $0.isCalled(name) }
      }?.sdp
    case .location?: nil
    case nil:
      all.first { session in
        session.streams.contains {
          $0.address == "\(receiver.address)" && $0.port == Int(receiver.port)
        }
      }?.sdp
    }
  }
}

extension OperationError {
  /// The refusal for a sender without a description.
  static func notAnnounced(_ name: String) -> OperationError {
    OperationError(
      .conflict, "sender \"\(name)\" is not announced",
      hint: "its description exists once it runs and is announced; `aes67 stats` shows its state")
  }

  fileprivate static func inDescription(_ line: Int, _ sentence: String) -> OperationError {
    OperationError(
      .wrong, line > 0 ? "line \(line): \(sentence)" : sentence,
      hint: "nothing was changed; correct the text and try again")
  }
}
