// SPDX-License-Identifier: MIT
public import ControlAPI
public import LinuxIO

internal import struct SystemPackage.Errno

/// Why the daemon did not do what was asked, with what to do about it.
public enum ControlFailure: Error, Equatable, CustomStringConvertible {
  case noDaemon(socket: String)
  case notPermitted(socket: String)
  case timedOut(socket: String)
  case system(SystemError)
  /// What came back is no answer.
  case protocolError(String)
  /// The daemon answered, and said no.
  case refused(status: Int, APIError)

  init(_ error: SystemError, socket: String) {
    switch error.code {
    case .noSuchFileOrDirectory, .connectionRefused: self = .noDaemon(socket: socket)
    case .notPermitted, .permissionDenied: self = .notPermitted(socket: socket)
    case .timedOut: self = .timedOut(socket: socket)
    default: self = .system(error)
    }
  }

  /// What happened, in a sentence.
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

  /// What to do about it; empty where nobody knows.
  public var hint: String {
    switch self {
    case .noDaemon:
      "start it with `systemctl start aes67d`, or select its instance with --instance"
    case .notPermitted:
      "join the group with `sudo usermod -aG aes67 $USER` and log in again, or use sudo"
    case .timedOut: "check its log: `journalctl -u aes67d`"
    case .system, .protocolError: ""
    case .refused(_, let error): error.hint
    }
  }

  public var description: String { hint.isEmpty ? reason : "\(reason); \(hint)" }
}
