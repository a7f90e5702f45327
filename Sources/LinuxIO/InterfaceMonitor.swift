// SPDX-License-Identifier: MIT
internal import CLinux

/// Says at once when an interface or an IPv4 address of this host comes, goes or changes (rtnetlink).
///
/// What has changed is for ``NetworkInterfaces/list()`` to say: a list cannot get out of step with
/// the kernel, as a sum of messages can when some of them are lost.
public final class InterfaceMonitor: Sendable {
  private let file: FileDescriptor

  /// - Throws: what the kernel refuses; interfaces must be polled then.
  public init() throws(SystemError) {
    file = FileDescriptor(
      owning: try kernel(.socket, "rtnetlink") { clinux_open_interface_monitor() })
  }

  /// Readable when there is news.
  public var descriptor: Int32 { file.number }

  /// Returns true if something changed since the last call.
  public func takeNews() -> Bool { clinux_interfaces_changed(file.number) != 0 }
}
