// SPDX-License-Identifier: MIT
internal import ArgumentParser
internal import ControlAPI
internal import ControlClient

/// `aes67 list`: the sessions on the network.
struct List: Verb {
  static let configuration = CommandConfiguration(
    abstract: "Lists the sessions on the network, and whether this host can receive them.",
    discussion: """
      Senders announce their sessions about every 30 seconds: the list is complete after that time. Sessions of \
      this host are marked as its own. Subscribe to a session by its name or, if several have the same name, by \
      the address in the list.

      Examples:
        aes67 list
        aes67 list --verbose
        aes67 list --json
      """, aliases: ["sessions"])

  @OptionGroup var connection: Connection

  @Flag(name: .shortAndLong, help: "Show all details of each stream.")
  var verbose = false

  @Flag(help: "Machine-readable JSON output.")
  var json = false

  func perform(_ client: ControlClient) throws {
    let status = try client.get("/v1/sessions", as: SessionsStatus.self)
    if json { return try printJSON(status) }
    if let error = status.error { complain(error, hint: "aes67 doctor") }
    if verbose {
      for session in status.sessions { show(session) }
    } else {
      show(status.sessions)
    }
    if let unreadable = status.unreadable {
      print("not listed: an announcement that cannot be read, \(Text.plain(unreadable))")
    }
    if status.sessions.isEmpty {
      print("no sessions announced yet; senders announce theirs about every 30 seconds")
    }
  }

  private func show(_ sessions: [SessionStatus]) {
    var table = Table("NAME", ">CHANNELS", "FORMAT", "FROM", "RECEIVABLE")
    let names = sessions.flatMap { $0.streams.map(\.name) }
    for session in sessions {
      for stream in session.streams {
        let isAmbiguous = names.count { $0 == stream.name } > 1
        table.add(
          isAmbiguous ? "\(stream.name) (\(stream.place))" : stream.name,
          "\(stream.channels)", Self.format(stream), session.announcer,
          session.isOwn ? "our own" : Self.summary(of: stream, in: session))
      }
      if session.streams.isEmpty {
        table.add(
          session.name, "", "", session.announcer,
          "no: \(session.problems.first ?? "it has no audio stream")")
      }
    }
    if !table.isEmpty { table.show() }
  }

  private static func summary(of stream: SessionStreamStatus, in session: SessionStatus) -> String {
    guard stream.verdict.receivable else { return stream.verdict.sentence }
    return session.problems.first.map { "yes, but not read: \($0)" } ?? "yes"
  }

  private static func format(_ stream: SessionStreamStatus) -> String {
    let time = stream.packetTimeMicroseconds.map { " \(Text.time(Double($0) * 1000))" } ?? ""
    return "\(stream.encoding)/\(stream.rate)\(time)"
  }

  private func show(_ session: SessionStatus) {
    print(Text.plain(session.name))
    line("origin", session.origin + (session.isOwn ? ", our own" : ", version \(session.version)"))
    if !session.isOwn {
      let period = session.periodSeconds.map { ", every \(Text.fixed($0, 1)) s" } ?? ""
      line("announced", "by \(session.announcer)\(period)")
    }
    lines("not read", session.problems)
    for stream in session.streams {
      if session.streams.count > 1 { line("stream", stream.name) }
      line("address", "\(stream.address):\(stream.port)")
      line("format", "\(Self.format(stream)), \(stream.channels) channels")
      if !stream.channelNames.isEmpty {
        line("channels", stream.channelNames.joined(separator: ", "))
      }
      line("clock", stream.referenceClock.isEmpty ? "not specified" : stream.referenceClock)
      if !session.isOwn { lines("here", stream.verdict.lines) }
      for (preset, verdict) in stream.presets.sorted(by: { $0.key < $1.key }) {
        lines(preset, verdict.lines)
      }
    }
    print("")
  }

  /// Prints several lines about one subject.
  private func lines(_ name: String, _ texts: [String]) {
    for (index, text) in texts.enumerated() { line(index == 0 ? name : "", text) }
  }

  private func line(_ name: String, _ text: String) {
    let space = String(repeating: " ", count: max(1, 13 - name.count))
    print("  \(name)\(space)\(Text.plain(text))")
  }
}

extension VerdictStatus {
  /// The verdict, and each obstacle as a sentence.
  fileprivate var lines: [String] {
    [receivable ? "yes" : "no"] + obstacles.map { $0.prefix(1).uppercased() + $0.dropFirst() + "." }
  }
}
