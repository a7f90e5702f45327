// SPDX-License-Identifier: MIT
internal import CLinux
internal import Glibc

/// Tells systemd how the service is doing, as `sd_notify(3)` does: one datagram a message to the
/// socket that the environment names. Does nothing where nobody asked for it.
public struct ServiceNotifier: Sendable {
  private let path: String?

  public init() {
    let value = unsafe getenv("NOTIFY_SOCKET")
    path = unsafe value.map { unsafe String(cString: $0) }
  }

  init(path: String) {
    self.path = path
  }

  public func ready(status: String) { send("READY=1\nSTATUS=\(status)") }
  /// A reload begins: `systemctl status` says so until ``reloaded()``. The time tells it from an older one.
  public func reloading() {
    send("RELOADING=1\nMONOTONIC_USEC=\(clinux_monotonic_nanoseconds() / 1_000)")
  }
  public func reloaded() { send("READY=1") }
  public func stopping() { send("STOPPING=1\nSTATUS=Stopping") }
  public func status(_ text: String) { send("STATUS=\(text)") }
  /// Feeds the watchdog; without this for the unit's WatchdogSec, systemd restarts the service.
  public func alive() { send("WATCHDOG=1") }

  /// A lost message costs a line in `systemctl status`, so errors are nobody's business.
  private func send(_ message: String) {
    guard let path, let address = UnixAddress(path) else { return }
    let number = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard number >= 0 else { return }
    let descriptor = FileDescriptor(owning: number)
    let bytes = Array(message.utf8)
    unsafe address.withPointer { pointer, length in
      guard unsafe connect(descriptor.number, pointer, length) == 0 else { return }
      _ = unsafe Glibc.send(descriptor.number, bytes, bytes.count, Int32(MSG_NOSIGNAL))
    }
  }
}
