// SPDX-License-Identifier: MIT
internal import DaemonConfiguration

/// Writes the texts that follow from the declarations of attributes to standard output; `scripts/reference.sh`
/// puts them into files and compares them.
@main
enum Main {
  static func main() {
    let documents: [(name: String, text: () -> String)] = [
      ("file", ConfigurationFile.text), ("manual", ConfigurationManual.text),
      ("schemas", RequestSchemas.text),
    ]
    let name = CommandLine.arguments.dropFirst().first ?? ""
    guard let document = documents.first(where: { $0.name == name }) else {
      let names = documents.map(\.name).joined(separator: ", ")
      fatalError("name one of these documents: \(names)")
    }
    print(document.text(), terminator: "")
  }
}

extension String {
  /// Lines of at most `width` characters, broken at spaces.
  func wrapped(to width: Int) -> [String] {
    var lines: [String] = []
    var line = ""
    for word in split(separator: " ") {
      if !line.isEmpty, line.count + 1 + word.count > width {
        lines.append(line)
        line = ""
      }
      line += (line.isEmpty ? "" : " ") + word
    }
    return line.isEmpty ? lines : lines + [line]
  }
}

extension AttributeDescription {
  /// The allowed values in words.
  var allowed: String {
    guard let inherits else { return type.expected }
    return "\(type.expected); default: \(inherits)"
  }

  /// The value to show: an example, or the default.
  var shown: String { example ?? defaultText ?? "" }
}
