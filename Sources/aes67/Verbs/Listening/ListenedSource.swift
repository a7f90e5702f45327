// SPDX-License-Identifier: MIT
internal import ControlAPI
internal import ControlClient
internal import LinuxIO
internal import MediaClock

/// The source to listen to: device channels, and the receiver that was added for them.
struct ListenedSource {
  let selection: SelectedChannels
  /// The receiver that is removed in the end; nil if the channels were already received.
  private let added: ReceiverStatus?

  /// Finds a receiver of that name, device channels, or a session, to which it subscribes if it is not received
  /// yet.
  static func find(_ text: String, _ client: ControlClient) throws -> ListenedSource {
    let receivers = try ReceiverKind.all(client)
    if let selection = SelectedChannels(text, among: receivers) {
      return ListenedSource(selection: selection, added: nil)
    }
    let session = try SessionChoice.resolve(text, client)
    if let receiver = receivers.first(where: { $0.session == session }) {
      return ListenedSource(selection: SelectedChannels(receiver), added: nil)
    }
    let receiver = try client.send(
      "POST", "/v1/receivers", ["session": session], as: ReceiverStatus.self)
    let source = ListenedSource(selection: SelectedChannels(receiver), added: receiver)
    do {
      return try source.settled(client)
    } catch {
      source.giveBack(client)
      throw error
    }
  }

  /// Waits for its audio for a moment, and reports if there is none, which may come later.
  private func settled(_ client: ControlClient) throws -> ListenedSource {
    guard let added else { return self }
    let deadline = MonotonicClock.now + .seconds(3)
    var receiver = added
    while receiver.state != .receiving, MonotonicClock.now < deadline, !Interruption.isRequested {
      MonotonicClock.sleep(until: MonotonicClock.now + .milliseconds(50))
      receiver = try client.get("/v1/receivers/\(added.id)")
      if receiver.state == .notReceivable { throw refusal(receiver.line, "aes67 list --verbose") }
    }
    if receiver.state != .receiving { complain(receiver.line, hint: "") }
    // Its channels are known for certain only when the session has been looked up.
    return ListenedSource(selection: SelectedChannels(receiver), added: receiver)
  }

  /// Removes the receiver that was added.
  func giveBack(_ client: ControlClient) {
    guard let added else { return }
    do {
      try client.delete("/v1/receivers/\(added.id)")
    } catch {
      complain(
        "\(added.name) is still received: \(error.reason)",
        hint: "aes67 unsubscribe \"\(added.name)\"")
    }
  }
}
