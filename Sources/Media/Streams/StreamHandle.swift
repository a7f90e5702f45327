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

  /// Closes and frees what it owned while it ran; the media thread has given it back.
  func release()
}

extension StreamHandle {
  /// Brings it to rest: at once, or where a media thread has it once that has given it back.
  func stop(then rest: StreamLifecycle.Rest) {
    switch lifecycle {
    case .resting: lifecycle = .resting(rest)
    case .stopping: lifecycle = .stopping(then: rest)
    case .running:
      requestStop()
      lifecycle = .stopping(then: rest)
    }
  }

  /// Lets it begin anew as soon as `reason` is over, unless it is disabled.
  func restart(_ reason: String) {
    switch lifecycle {
    case .resting(.disabled), .resting(.removed): break
    case .stopping(then: .disabled), .stopping(then: .removed): break
    case .resting, .stopping, .running: stop(then: .waiting(reason: reason))
    }
  }

  /// The media thread has given it back.
  func finishStop() {
    guard case .stopping(let rest) = lifecycle else { return }
    release()
    lifecycle = .resting(rest)
  }
}
