// SPDX-License-Identifier: MIT
internal import DaemonConfiguration

/// A configuration that can be checked beside others of its direction.
protocol CheckedConfiguration: StreamConfiguration {
  var isEnabled: Bool { get }
  func problems(beside others: [Self]) -> [ValidationError]
}

extension SenderConfiguration: CheckedConfiguration {}
extension ReceiverConfiguration: CheckedConfiguration {}

/// One stream and everything that it owns: its place, sockets, memory and counters. Senders and receivers share
/// this lifecycle.
///
/// Its table owns it, under the lock of the streams.
protocol StreamHandle: AnyObject {
  associatedtype Configuration: CheckedConfiguration

  var id: StreamID { get }
  /// Its index in the engine and in every table of `MediaMemory`.
  var place: Int { get }
  var configuration: Configuration { get set }
  var lifecycle: StreamLifecycle { get set }

  /// Asks the media thread to stop it; does not wait.
  func requestStop()

  /// Closes and frees the resources of a run, after the media thread has returned it.
  func release()
}

extension StreamHandle {
  /// Stops it: at once, or if a media thread has it, once that has returned it.
  func stop(then rest: StreamLifecycle.Rest) {
    switch lifecycle {
    case .resting: lifecycle = .resting(rest)
    case .stopping: lifecycle = .stopping(then: rest)
    case .running:
      requestStop()
      lifecycle = .stopping(then: rest)
    }
  }

  /// Restarts it as soon as `reason` is over, unless it is disabled.
  func restart(_ reason: String) {
    switch lifecycle {
    case .resting(.disabled), .resting(.removed): break
    case .stopping(then: .disabled), .stopping(then: .removed): break
    case .resting, .stopping, .running: stop(then: .waiting(reason: reason))
    }
  }

  /// Completes a stop after the media thread has returned it.
  func finishStop() {
    guard case .stopping(let rest) = lifecycle else { return }
    release()
    lifecycle = .resting(rest)
  }
}
