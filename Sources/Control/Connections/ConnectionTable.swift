// SPDX-License-Identifier: MIT
internal import HTTPTypes
internal import LinuxIO
internal import Synchronization

/// The connections to one socket of the control API, and their limits.
///
/// On the Unix socket each user has a share, and some places are kept for root. On TCP the user is unknown
/// before the token has been shown: if all places are taken, the connection that has waited longest without a
/// token is closed.
final class ConnectionTable: Sendable {
  static let share = UserShare(total: 64, perUser: 24, keptForRoot: 4)

  private struct Entry {
    let peer: Peer?
    let number: UInt64
    var isTrusted: Bool
    /// The user of a TCP connection, once it has been looked up.
    var owner: UInt32?
    let close: @Sendable () -> Void
  }

  private struct State {
    var entries: [ObjectIdentifier: Entry] = [:]
    var next: UInt64 = 0
  }

  private let state = Mutex(State())

  var count: Int { state.withLock { $0.entries.count } }

  /// Adds a connection.
  ///
  /// - Parameters:
  ///   - id: the identity of its channel.
  ///   - peer: nil for TCP.
  ///   - close: closes it, from any thread.
  /// - Returns: the reason why it is refused; nil if it is admitted.
  func enter(
    _ id: ObjectIdentifier, _ peer: Peer?, close: @escaping @Sendable () -> Void
  ) -> ControlError? {
    let (refusal, displaced) = state.withLock { state -> (ControlError?, Entry?) in
      var displaced: Entry?
      if let peer {
        if let refusal = Self.refusal(of: peer, state) { return (refusal, nil) }
      } else if state.entries.count >= Self.share.total {
        let waiting = state.entries.filter { !$0.value.isTrusted }
        guard let oldest = waiting.min(by: { $0.value.number < $1.value.number }) else {
          return (Self.full("\(state.entries.count) browsers"), nil)
        }
        displaced = state.entries.removeValue(forKey: oldest.key)
      }
      state.entries[id] = Entry(
        peer: peer, number: state.next, isTrusted: peer != nil, close: close)
      state.next += 1
      return (nil, displaced)
    }
    displaced?.close()
    return refusal
  }

  func leave(_ id: ObjectIdentifier) { state.withLock { _ = $0.entries.removeValue(forKey: id) } }

  /// Notes that its user has shown the token, so that it is not closed for others.
  func trust(_ id: ObjectIdentifier) { state.withLock { $0.entries[id]?.isTrusted = true } }

  /// The user at the other end; nil for TCP.
  func user(of id: ObjectIdentifier) -> UInt32? {
    state.withLock { $0.entries[id]?.peer?.userID }
  }

  /// The user at the other end of a TCP connection, which `look` finds once; nil if it finds none.
  func owner(of id: ObjectIdentifier, look: () -> UInt32?) -> UInt32? {
    if let owner = state.withLock({ $0.entries[id]?.owner }) { return owner }
    guard let owner = look() else { return nil }
    state.withLock { $0.entries[id]?.owner = owner }
    return owner
  }

  private static func refusal(of peer: Peer, _ state: State) -> ControlError? {
    let peers = state.entries.values.compactMap(\.peer)
    let users = peers.map(\.userID)
    switch share.verdict(for: peer.userID, among: users) {
    case .granted: return nil
    case .userHasEnough:
      return ControlError(
        .serviceUnavailable,
        "user \(peer.userID) has \(share.perUser) connections already, the maximum for one user",
        hint: "close some of \(example(of: peer.userID, peers))")
    case .allTaken:
      guard let most = UserShare.greatest(among: users) else { return full("others") }
      return full("user \(most.user) with \(most.count), \(example(of: most.user, peers))")
    }
  }

  private static func example(of user: UInt32, _ peers: [Peer]) -> String {
    peers.first { $0.userID == user }.map { "such as \($0.label)" } ?? ""
  }

  private static func full(_ holders: String) -> ControlError {
    ControlError(
      .serviceUnavailable,
      "all \(share.total) connections to the control API are in use, most by \(holders)",
      hint: "end one of them; an idle connection is closed within 30 s")
  }
}
