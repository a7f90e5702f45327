// SPDX-License-Identifier: MIT
internal import DaemonConfiguration

/// The commented file `aes67d.yaml`: every key with its default.
enum ConfigurationFile {
  private static let width = 110

  private static let introduction = """
    # aes67d, the AES67 virtual sound card: every key with its default. A key that is absent has its default.
    # Check changes with `aes67d --check` and apply them with `systemctl reload aes67d`, which lists the keys that take
    # effect only after a restart. aes67d.yaml(5) has the same texts. Written by scripts/reference.sh from the sources.

    # A profile supplies the values of keys that this file does not set. The keys that are commented out below are
    # those that a profile may supply, with the value of profile interop. Choose interop, low-latency, none, or a file
    # of your own in /etc/aes67/profiles; `aes67 configure --profile NAME` switches profiles while the daemon runs.
    # profile: interop

    """

  static func text() -> String {
    var lines = [introduction]
    for section in ConfigurationSection.all {
      lines += comment(section.summary, indent: "") + ["\(section.name):"]
      for attribute in section.attributes { lines += entry(attribute, indent: "  ") }
      lines.append("")
      if section.name == "streams" { lines += streams }
    }
    return lines.dropLast().joined(separator: "\n") + "\n"
  }

  private static func entry(_ attribute: AttributeDescription, indent: String) -> [String] {
    let isComment = attribute.isInProfile || attribute.defaultText == nil
    let line = "\(indent)\(isComment ? "# " : "")\(attribute.key): \(attribute.shown)"
    return comment("\(attribute.summary) Allowed: \(attribute.allowed).", indent: indent) + [line]
  }

  private static func comment(_ text: String, indent: String) -> [String] {
    text.wrapped(to: width - indent.count).map { "\(indent)# \($0)" }
  }

  /// The lists of streams, as an example for users.
  private static var streams: [String] {
    let introduction =
      "Your own lists replace the layout's senders and receivers. Names are unique among the"
      + " senders, and among the receivers. Channels count from 1."
    var lines = comment(introduction, indent: "") + ["#"]
    lines += list("senders", ConfigurationSection.sender, leaving: [])
    lines.append("#")
    lines += list("receivers", ConfigurationSection.receiver, leaving: subscriptions)
    lines.append("#   # Or a stream with a description, which contains address and format:")
    for attribute in ConfigurationSection.receiver
    where subscriptions.contains(attribute.key) && !attribute.shown.isEmpty {
      lines += commented(attribute, lead: "  - ")
    }
    return lines + [""]
  }

  private static let subscriptions = ["session", "sdp", "sdp-text", "sdp-url"]

  private static func list(
    _ name: String, _ attributes: [AttributeDescription], leaving left: [String]
  ) -> [String] {
    let shown = attributes.filter { !left.contains($0.key) }
    return ["# \(name):"]
      + shown.enumerated().flatMap { index, attribute in
        commented(attribute, lead: index == 0 ? "  - " : "    ")
      }
  }

  private static func commented(_ attribute: AttributeDescription, lead: String) -> [String] {
    comment("\(attribute.summary) Allowed: \(attribute.allowed).", indent: "    ")
      .map { "# \($0)" }
      + ["# \(lead)\(attribute.key): \(attribute.shown)"]
  }
}
