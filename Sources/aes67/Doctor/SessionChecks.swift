// SPDX-License-Identifier: MIT
internal import ControlAPI

/// Checks the announcements of others: descriptions that could not be read, or not completely.
struct SessionChecks {
  let sessions: SessionsStatus

  var finding: Finding {
    let check = "sessions"
    if let error = sessions.error {
      // The program that bound it without sharing it.
      let isHeld = error.contains("Address already in use")
      return .fail(
        check, error,
        fix: isHeld
          ? "end the program that holds the port: ss -ulpn 'sport = :9875' names it"
          : "check the network interface")
    }
    let spoiled = sessions.sessions.filter { !$0.problems.isEmpty }
    if let first = spoiled.first, let problem = first.problems.first {
      let others = spoiled.count > 1 ? ", and \(spoiled.count - 1) more" : ""
      return .warning(
        check, "description of \"\(first.name)\" from \(first.announcer): \(problem)\(others)",
        fix: "correct it at the sender; `aes67 list --verbose` shows what could be read of it")
    }
    if let unreadable = sessions.unreadable {
      return .warning(
        check, "an announcement cannot be read, \(unreadable)",
        fix: "correct it at the sender, or give aes67 subscribe --sdp a file")
    }
    return .ok(check, "\(sessions.sessions.count) announced")
  }
}
