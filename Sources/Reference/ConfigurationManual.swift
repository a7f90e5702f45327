// SPDX-License-Identifier: MIT
internal import DaemonConfiguration

/// The manual page aes67d.yaml(5).
enum ConfigurationManual {
  static func text() -> String {
    var lines = [
      ".\\\" Written by scripts/reference.sh from the declarations of attributes.",
      ".TH AES67D.YAML 5 \"\" \"aes67\\-vsc\" \"File Formats\"", ".SH NAME",
      "aes67d.yaml \\- configuration of the AES67 virtual sound card", ".SH SYNOPSIS",
      ".I /etc/aes67/aes67d.yaml", ".br", ".I /etc/aes67/aes67d\\-INSTANCE.yaml", ".br",
      ".I /etc/aes67/profiles/NAME.yaml", ".SH DESCRIPTION",
      escaped(
        "The daemon aes67d reads this file at start and at reload. The file may be missing, because every"
          + " key has a default. Its format is YAML, of which JSON is a subset. Check it with"
          + " aes67d --check, and apply changes with systemctl reload aes67d."),
      ".PP",
      escaped(
        "The control API and the command aes67 configure use the same keys. Values that are set there"
          + " override this file until aes67 configure --reset; the file itself is never modified."
          + " Keys that are marked with \"file only\" can be set only in this file."),
      ".PP",
      escaped(
        "A profile supplies values for keys that the file does not set. The key profile selects it:"
          + " interop, low-latency, none, or a file of your own. A profile may set the keys that are"
          + " marked with \"profile\"."),
    ]
    for section in ConfigurationSection.all {
      lines += [".SH SECTION \(section.name.uppercased())", escaped(section.summary)]
      lines += section.attributes.flatMap { item($0, prefix: "\(section.name).") }
    }
    lines += [
      ".SH SENDERS",
      escaped(
        "The list senders replaces the layout's senders. An empty list [] means no senders. Each"
          + " element has these keys:"),
    ]
    lines += ConfigurationSection.sender.flatMap { item($0, prefix: "") }
    lines += [
      ".SH RECEIVERS",
      escaped(
        "The list receivers replaces the layout's receivers. A receiver has an address, or one of"
          + " session, sdp, sdp-text and sdp-url, whose description has address and format. Each element"
          + " has these keys:"),
    ]
    lines += ConfigurationSection.receiver.flatMap { item($0, prefix: "") }
    lines += [".SH SEE ALSO", "\\fBaes67d\\fR(8), \\fBaes67\\fR(1), \\fBaes67\\-configure\\fR(1)"]
    return lines.joined(separator: "\n") + "\n"
  }

  private static func item(_ attribute: AttributeDescription, prefix: String) -> [String] {
    var facts = ["allowed: \(attribute.type.expected)"]
    if let inherits = attribute.inherits {
      facts.append("default: that of \(inherits)")
    } else if let text = attribute.defaultText, !text.isEmpty {
      facts.append("default: \(text)")
    }
    if attribute.isInProfile { facts.append("profile") }
    if attribute.scope == .file { facts.append("file only") }
    if attribute.effect == .restart { facts.append("takes effect after a restart") }
    return [
      ".TP", "\\fB\(escaped(prefix + attribute.key))\\fR", escaped(attribute.summary), ".br",
      escaped("(\(facts.joined(separator: "; ")))"),
    ]
  }

  /// The text, escaped so that it has no requests of roff.
  private static func escaped(_ text: String) -> String {
    let plain = text.replacing("\\", with: "\\e").replacing("-", with: "\\-")
    return plain.hasPrefix(".") || plain.hasPrefix("'") ? "\\&" + plain : plain
  }
}
