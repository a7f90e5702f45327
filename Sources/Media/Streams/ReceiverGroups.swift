// SPDX-License-Identifier: MIT
internal import DaemonConfiguration

extension Sequence where Element == ReceiverHandle {
  /// The engine's number for the group of `receiver`: that of another member, or an unused one; nil for a
  /// receiver without a group.
  func groupNumber(for receiver: ReceiverHandle) -> Int? {
    guard let name = receiver.effective.group else { return nil }
    let others = filter { $0 !== receiver }
    let shared = others.first { $0.effective.group == name && $0.groupNumber != nil }
    let taken = Set(others.compactMap(\.groupNumber))
    return shared?.groupNumber ?? (0..<MediaMemory.streams).first { !taken.contains($0) }
  }
}
