// SPDX-License-Identifier: MIT
public import ControlAPI
public import LinuxIO

internal import struct SystemPackage.Errno

/// The reason why a request failed, and the remedy.
public enum ControlFailure: Error, Equatable, CustomStringConvertible {
  case noDaemon(socket: String)
  case notPermitted(socket: String)
  case timedOut(socket: String)
  case system(SystemError)
  /// The answer is invalid.
  case protocolError(String)
  /// The daemon refused the request.
  case refused(status: Int, APIError)

  init(_ error: SystemError, socket: String) {
    switch error.code {
    case .noSuchFileOrDirectory, .connectionRefused: self = .noDaemon(socket: socket)
    case .notPermitted, .permissionDenied: self = .notPermitted(socket: socket)
    case .timedOut: self = .timedOut(socket: socket)
    default: self = .system(error)
    }
  }

  /// The reason, in a sentence.
  public var reason: String {
    switch self {
    case .noDaemon(let socket): "aes67d is not running: no answer at \(socket)"
    case .notPermitted: "permission denied: aes67d is controlled by root and group aes67"
    case .timedOut(let socket): "aes67d does not answer at \(socket)"
    case .system(let error): error.description
    case .protocolError(let text): text
    case .refused(_, let error): error.reason
    }
  }

  /// The remedy; empty if none is known.
  public var hint: String {
    switch self {
    case .noDaemon(let socket):
      "start it with `sudo systemctl start \(Self.unit(socket))`, or select its instance with --instance"
    case .notPermitted:
      "join the group with `sudo usermod -aG aes67 $USER` and log in again, or use sudo"
    case .timedOut(let socket): "check its log: `journalctl -u \(Self.unit(socket))`"
    case .system, .protocolError: ""
    case .refused(_, let error): error.hint
    }
  }

  /// The systemd unit of the daemon with this socket: an instance's is in a directory of its name.
  private static func unit(_ socket: String) -> String {
    let parts = socket.split(separator: "/")
    guard parts.count == 3, parts[0] == "run", parts[1].hasPrefix("aes67-") else { return "aes67d" }
    return "aes67d@\(parts[1].dropFirst("aes67-".count))"
  }

  public var description: String { hint.isEmpty ? reason : "\(reason); \(hint)" }
}
