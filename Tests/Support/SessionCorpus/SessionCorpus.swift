// SPDX-License-Identifier: MIT
internal import Foundation

/// A session description in the form that a device or program announces, with the expected results.
///
/// Each entry is a file of `Tests/SessionTests/Corpus`: lines `KEY: VALUE`, an empty line, and the text. Names and
/// numbers are invented; lines, order and spelling are those of real devices. A new entry is a new file.
///
/// | key | value |
/// |---|---|
/// | `shape` | the sender, and the case that the entry shows |
/// | `form` | the form in which the text is saved: `crlf`, `cr`, `crcrlf`, `bom`, `utf16le`, `utf16be`, `latin1`, `indented`, `blanks`; several forms apply in their order |
/// | `verdict` | `receivable`, or `not receivable` |
/// | `stream` | name, address and port, format, frames in a packet (`?` if not stated), separated by bars; one line for each stream |
/// | `ignored`, `lost` | the numbers of the lines that are ignored, and of those through which a section is lost (0 for the whole text) |
/// | `says` | words of the verdict on the first stream, or of the error if there is no stream |
public struct SessionCorpusEntry: Sendable, CustomStringConvertible {
  public var name: String
  public var isReceivable: Bool
  public var streams: [String]
  public var ignored: [Int]
  public var lost: [Int]
  public var words: [String]
  /// The bytes of the description in the form in which it is saved.
  public var bytes: [UInt8]

  public var description: String { name }

  init(_ file: URL) throws {
    name = file.deletingPathExtension().lastPathComponent
    let content = try String(contentsOf: file, encoding: .utf8)
    guard let gap = content.range(of: "\n\n") else { throw Malformed(file: name) }
    var values: [String: [String]] = [:]
    for line in content[..<gap.lowerBound].split(separator: "\n") {
      let parts = line.split(separator: ":", maxSplits: 1)
      guard parts.count == 2 else { throw Malformed(file: name) }
      values[String(parts[0]), default: []].append(
        parts[1].trimmingCharacters(in: .whitespaces))
    }
    func numbers(_ key: String) -> [Int] {
      (values[key]?.first ?? "").split(separator: " ").compactMap { Int($0) }
    }
    guard let verdict = values["verdict"]?.first, values["shape"] != nil,
      ["receivable", "not receivable"].contains(verdict)
    else { throw Malformed(file: name) }
    isReceivable = verdict == "receivable"
    streams = values["stream"] ?? []
    ignored = numbers("ignored")
    lost = numbers("lost")
    words = values["says"] ?? []
    let forms = (values["form"]?.first ?? "").split(separator: " ").map(String.init)
    bytes = try Self.saved(String(content[gap.upperBound...]), as: forms, in: name)
  }

  private struct Malformed: Error {
    let file: String
  }

  private static func saved(
    _ text: String, as forms: [String], in name: String
  ) throws -> [UInt8] {
    var text = text
    var bytes: [UInt8]?
    for form in forms {
      switch form {
      case "crlf": text = text.replacingOccurrences(of: "\n", with: "\r\n")
      case "cr": text = text.replacingOccurrences(of: "\n", with: "\r")
      case "crcrlf": text = text.replacingOccurrences(of: "\n", with: "\r\r\n")
      case "bom": text = "\u{FEFF}" + text
      case "indented": text = "  " + text.replacingOccurrences(of: "\n", with: "\n\t ")
      case "blanks": text = "\n  \n" + text + "   \n\n  "
      case "utf16le": bytes = text.utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
      case "utf16be": bytes = text.utf16.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }
      case "latin1": bytes = text.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }
      default: throw Malformed(file: name)
      }
    }
    return bytes ?? Array(text.utf8)
  }
}

/// Every description of `Tests/SessionTests/Corpus`.
public enum SessionCorpus {
  public static let all: [SessionCorpusEntry] = {
    let folder = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../SessionTests/Corpus")
    let files = try! FileManager.default.contentsOfDirectory(
      at: folder, includingPropertiesForKeys: nil)
    return files.filter { $0.pathExtension == "txt" }
      .sorted { $0.lastPathComponent < $1.lastPathComponent }
      .map { try! SessionCorpusEntry($0) }
  }()
}
