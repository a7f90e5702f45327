// SPDX-License-Identifier: MIT
internal import DaemonConfiguration
internal import MediaClock
internal import Session

/// The stream of each receiver that subscribes to a URL, and the time of its next request.
///
/// Sans-IO: fetched descriptions and packet counts are arguments; decisions and URLs to fetch are results.
/// While packets arrive, no request is made; a stream that has stopped may have another description now.
struct LocatedDescriptions {
  /// The stream that is described at a URL.
  struct Stream {
    var stream: StreamDescription
    /// The parts of the description that were skipped, one sentence each.
    var notes: [String] = []
  }

  private struct Follower {
    let url: DescriptionURL
    var found: Stream?
    var problem: String?
    var isAsked = false
    var nextQuestion: MonotonicInstant
    var pause = LocatedDescriptions.shortestPause
    var packets: UInt64
    var lastArrival: MonotonicInstant
  }

  /// The time between two requests, which doubles each time while nothing arrives.
  static let shortestPause = Interval.seconds(1)
  static let longestPause = Interval.seconds(32)

  private var followers: [StreamID: Follower] = [:]

  mutating func keep(only ids: Set<StreamID>) {
    followers = followers.filter { ids.contains($0.key) }
  }

  /// The decision on `receiver`.
  ///
  /// - Parameters:
  ///   - packets: the number of packets that it has counted.
  ///   - ask: called if the URL must be fetched; `answer` takes the result.
  mutating func decide(
    _ receiver: StreamID, at url: DescriptionURL, host: ReceiverProfile, packets: UInt64,
    now: MonotonicInstant, ask: (DescriptionURL) -> Void
  ) -> Subscriptions.Decision {
    var follower =
      followers[receiver].flatMap { $0.url == url ? $0 : nil }
      ?? Follower(url: url, nextQuestion: now, packets: packets, lastArrival: now)
    if packets != follower.packets {
      follower.packets = packets
      follower.lastArrival = now
      follower.pause = Self.shortestPause
    }
    let isSilent = now - follower.lastArrival >= Subscriptions.timeout
    if follower.found == nil || isSilent, !follower.isAsked, now >= follower.nextQuestion {
      follower.isAsked = true
      follower.nextQuestion = now + follower.pause
      follower.pause = min(Self.longestPause, follower.pause + follower.pause)
      ask(url)
    }
    followers[receiver] = follower
    guard let found = follower.found else {
      return .wait(reason: follower.problem ?? "\(url): waiting for the answer")
    }
    let decision = host.decision(on: found.stream, as: "\(url):", found.notes)
    guard isSilent, case .receive = decision else { return decision }
    return .receive(
      found.stream,
      note: "no packets of \(url) arrive" + (follower.problem.map { "; \($0)" } ?? ""))
  }

  /// Takes the result of a request. A known stream stays in force if there is no answer.
  mutating func answer(
    _ url: DescriptionURL, _ result: Result<Stream, DescriptionFetch.Problem>
  ) {
    for (id, follower) in followers where follower.url == url && follower.isAsked {
      followers[id]?.isAsked = false
      switch result {
      case .success(let found):
        followers[id]?.found = found
        followers[id]?.problem = nil
      case .failure(let problem): followers[id]?.problem = problem.description
      }
    }
  }
}
