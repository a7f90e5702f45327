// SPDX-License-Identifier: MIT
internal import CLinux
internal import Glibc

/// Notifies systemd of the state of the service, like `sd_notify(3)`: one datagram per message to the socket in
/// the environment. Does nothing if there is none.
///
/// Its own socket is open from the start: without a free descriptor, the daemon could not feed the watchdog, and
/// systemd would end it.
public struct ServiceNotifier: Sendable {
  private let address: UnixAddress?
  /// Nil if systemd expects no messages, or if no socket could be opened.
  let socket: Owned<FileDescriptor>?

  public init() {
    let value = unsafe getenv("NOTIFY_SOCKET")
    self.init(path: unsafe value.map { unsafe String(cString: $0) })
  }

  init(path: String?) {
    address = path.flatMap { UnixAddress($0) }
    let type = Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue)
    let number = address == nil ? -1 : Glibc.socket(AF_UNIX, type, 0)
    socket = number < 0 ? nil : Owned(FileDescriptor(owning: number))
  }

  public func ready(status: String) { send("READY=1\nSTATUS=\(status)") }
  /// Reports that a reload begins, which `systemctl status` shows until ``reloaded()``. The time distinguishes
  /// it from an older one.
  public func reloading() {
    send("RELOADING=1\nMONOTONIC_USEC=\(clinux_monotonic_nanoseconds() / 1_000)")
  }
  public func reloaded() { send("READY=1") }
  public func stopping() { send("STOPPING=1\nSTATUS=Stopping") }
  public func status(_ text: String) { send("STATUS=\(text)") }
  /// Feeds the watchdog; without this for the unit's WatchdogSec, systemd restarts the service.
  public func alive() { send("WATCHDOG=1") }

  /// Sends a message. Errors are ignored, because a lost message only costs a line in `systemctl status`.
  private func send(_ message: String) {
    guard let address, let socket else { return }
    let bytes = Array(message.utf8)
    unsafe address.withPointer { pointer, length in
      _ = unsafe sendto(
        socket.value.number, bytes, bytes.count, Int32(MSG_NOSIGNAL), pointer, length)
    }
  }
}
