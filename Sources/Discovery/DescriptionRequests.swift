// SPDX-License-Identifier: MIT
internal import DaemonConfiguration
internal import Session
internal import Synchronization

/// Between the sessions thread, which asks for descriptions, and the tasks that fetch them.
final class DescriptionRequests: Sendable {
  typealias Answer = (DescriptionURL, Result<LocatedDescriptions.Stream, DescriptionFetch.Problem>)

  private struct State {
    var answers: [Answer] = []
    var isUnderWay: [DescriptionURL: Task<Void, Never>] = [:]
  }

  private let state = Mutex(State())

  /// Fetches what is there; a URL that is being fetched already is not asked twice at once.
  func ask(_ url: DescriptionURL) {
    state.withLock { state in
      guard state.isUnderWay[url] == nil else { return }
      state.isUnderWay[url] = Task { [self] in
        let result: Result<LocatedDescriptions.Stream, DescriptionFetch.Problem>
        do throws(DescriptionFetch.Problem) {
          result = .success(try await DescriptionFetch.stream(from: url))
        } catch {
          result = .failure(error)
        }
        self.state.withLock { state in
          state.isUnderWay[url] = nil
          state.answers.append((url, result))
        }
      }
    }
  }

  /// What has come since the last call.
  func takeAnswers() -> [Answer] {
    state.withLock { state in
      defer { state.answers.removeAll() }
      return state.answers
    }
  }

  /// Gives up what is under way.
  func close() {
    for task in state.withLock({ $0.isUnderWay.values.map(\.self) }) { task.cancel() }
  }
}
