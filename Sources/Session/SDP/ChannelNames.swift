// SPDX-License-Identifier: MIT
internal import Notation

/// The names of a stream's channels, in a media section's line `i=2 channels: Left, Right` (SDP-14).
public enum ChannelNames {
  /// Parses the names in order, at most as many as the line announces; nil if the line is not such a list.
  ///
  /// If there is a comma anywhere, commas separate them; otherwise spaces do.
  public static func parse(_ information: String) -> [String]? {
    guard let (head, tail) = Text.halves(information, at: ":") else { return nil }
    let words = Text.words(head)
    guard words.count == 2, let count = Int(decimal: words[0]), (1...1_024).contains(count),
      ["channel", "channels", "ch"].contains(words[1].lowercased())
    else { return nil }
    let names =
      tail.utf8.contains(UInt8(ascii: ","))
      ? tail.utf8.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
        .map { Text.trimmed(Substring($0)) }
      : Text.words(tail)
    return Array(names.prefix(count))
  }

  /// The line's value. Names are separated by commas, so those inside a name become spaces.
  public static func value(_ names: [String], channels: Int) -> String {
    let plain = names.prefix(channels).map { name in
      Text.trimmed(name.escaped([",": " "]))
    }
    let noun = channels == 1 ? "channel" : "channels"
    return "\(channels) \(noun): \(plain.joined(separator: ", "))"
  }
}

/// The meaning of the channels: `a=fmtp:98 channel-order=SMPTE2110.(ST,51,U08)` (ST 2110-30, 6.2.2; SDP-13).
public struct ChannelOrder: Hashable, Sendable {
  /// The symbols of the groups: `M`, `ST`, `51`, `U08`, …
  public var groups: [String]

  public init(groups: [String]) { self.groups = groups }

  /// Parses the value of `a=fmtp`, ignoring other parameters; nil without an order of this convention.
  public init?(_ value: String) {
    let key = "channel-order=smpte2110.("
    for part in value.split(whereSeparator: { $0 == " " || $0 == ";" }) {
      guard part.lowercased().hasPrefix(key), part.hasSuffix(")") else { continue }
      let inner = part.dropFirst(key.count).dropLast()
      groups = inner.split(separator: ",").map { Text.trimmed($0) }
      if !groups.isEmpty { return }
    }
    return nil
  }

  public var value: String { "channel-order=SMPTE2110.(\(groups.joined(separator: ",")))" }

  /// The names of the channels; nil if a symbol is unknown.
  public var names: [String]? {
    var names: [String] = []
    for group in groups {
      guard let members = Self.names(of: group) else { return nil }
      names += members
      guard names.count <= 1_024 else { return nil }
    }
    return names
  }

  private static func names(of group: String) -> [String]? {
    switch group.uppercased() {
    case "M": return ["M"]
    case "DM": return ["M1", "M2"]
    case "ST": return ["L", "R"]
    case "LTRT": return ["Lt", "Rt"]
    case "51": return ["L", "R", "C", "LFE", "Ls", "Rs"]
    case "71": return ["L", "R", "C", "LFE", "Lss", "Rss", "Lrs", "Rrs"]
    case "222":
      return [
        "FL", "FR", "FC", "LFE1", "BL", "BR", "FLc", "FRc", "BC", "LFE2", "SiL", "SiR", "TpFL",
        "TpFR", "TpFC", "TpC", "TpBL", "TpBR", "TpSiL", "TpSiR", "TpBC", "BtFC", "BtFL", "BtFR",
      ]
    case "SGRP": return ["SDI1", "SDI2", "SDI3", "SDI4"]
    default:
      guard group.uppercased().hasPrefix("U"), let count = Int(decimal: group.dropFirst()),
        (1...64).contains(count)
      else { return nil }
      return (1...count).map { "U\($0)" }
    }
  }
}
