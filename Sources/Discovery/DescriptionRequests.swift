// SPDX-License-Identifier: MIT
internal import DaemonConfiguration
internal import Session
internal import Synchronization

/// Connects the sessions thread, which requests descriptions, with the tasks that fetch them.
final class DescriptionRequests: Sendable {
  typealias Answer = (DescriptionURL, Result<LocatedDescriptions.Stream, DescriptionFetch.Problem>)

  private struct State {
    var answers: [Answer] = []
    var isUnderWay: [DescriptionURL: Task<Void, Never>] = [:]
  }

  private let state = Mutex(State())

  /// Fetches the description at a URL, unless it is already being fetched.
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

  /// The answers since the last call.
  func takeAnswers() -> [Answer] {
    state.withLock { state in
      defer { state.answers.removeAll() }
      return state.answers
    }
  }

  /// Cancels requests that are not answered yet.
  func close() {
    for task in state.withLock({ $0.isUnderWay.values.map(\.self) }) { task.cancel() }
  }
}
