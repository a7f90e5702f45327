// SPDX-License-Identifier: MIT
internal import CLinux

/// Reports at once when an interface or an IPv4 address of this host appears, disappears or changes
/// (rtnetlink).
///
/// The change itself is read by ``NetworkInterfaces/list()``: a list cannot differ from the kernel's state, as
/// a sum of messages can if some of them are lost.
public final class InterfaceMonitor: Sendable {
  private let file: FileDescriptor

  /// - Throws: the kernel's refusal; interfaces must be polled then.
  public init() throws(SystemError) {
    file = FileDescriptor(
      owning: try kernel(.socket, "rtnetlink") { clinux_open_interface_monitor() })
  }

  /// Readable when there is a change.
  public var descriptor: Int32 { file.number }

  /// Returns true if something has changed since the last call.
  public func takeNews() -> Bool { clinux_interfaces_changed(file.number) != 0 }
}
