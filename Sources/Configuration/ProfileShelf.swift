// SPDX-License-Identifier: MIT
internal import LinuxIO
internal import Yams

/// Where profiles are: files that fill in what the configuration does not say.
public struct ProfileShelf: Equatable, Sendable {
  /// Those the administrator wrote come before those that were shipped.
  public static let shipped = "/usr/share/aes67/profiles"
  /// What holds unless the file names another: the daemon's own defaults, so that it need not be there.
  static let usual = "interop"
  /// What a profile may say, by section.
  static let keys = [
    "streams": [
      "packet-time", "link-offset", "least-packets", "greatest-packets", "max-lateness",
    ], "network": ["dscp", "ttl"],
    "ptp": ["dscp"], "device": ["minimum-period"],
  ]

  private let directories: [String]

  public init(_ directories: [String]) { self.directories = directories }

  /// Beside a configuration file, and where they were shipped.
  public init(besideFile file: String) {
    let end = file.lastIndex(of: "/") ?? file.startIndex
    let directory = end == file.startIndex ? "." : String(file[..<end])
    self.init(["\(directory)/profiles", Self.shipped])
  }

  /// Letters, digits and dashes: a name is a part of a path.
  static func isName(_ text: String) -> Bool {
    (1...32).contains(text.utf8.count)
      && text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") }
  }

  /// The profiles that there are, sorted.
  public var names: [String] {
    let files = directories.flatMap { (try? Files.names(in: $0)) ?? [] }
    let names = files.filter { $0.hasSuffix(".yaml") }.map { String($0.dropLast(5)) }
    return Set(names.filter(Self.isName) + [Self.usual]).sorted()
  }

  /// The path of a profile; nil where there is none of that name.
  func path(of name: String) -> String? {
    guard Self.isName(name) else { return nil }
    return directories.map { "\($0)/\(name).yaml" }.first { Files.exists($0) }
  }

  /// A profile's keys, each of them one that a profile may have.
  ///
  /// - Throws: what is wrong in its file, or that there is none.
  func open(_ name: String) throws(ConfigurationError) -> Node? {
    guard let path = path(of: name) else {
      if name == Self.usual { return nil }
      let known = names.isEmpty ? "there is none" : "there are: \(names.joined(separator: ", "))"
      throw ConfigurationError(
        file: directories.first ?? "", key: "profile", "there is no profile \"\(name)\"; \(known)")
    }
    let text: String
    do throws(SystemError) {
      text = try Files.read(path)
    } catch {
      throw ConfigurationError(file: path, key: "", "cannot be read: \(error)")
    }
    let problems = Problems()
    let node = Configuration.compose(text, problems)
    let root = MappingReader(
      node, path: "", allowed: Self.keys.keys.sorted(), problems: problems)
    for (section, keys) in Self.keys {
      _ = MappingReader(root.node(section), path: section, allowed: keys, problems: problems)
    }
    guard problems.found.isEmpty else {
      throw ConfigurationError(file: path, problems: problems.found)
    }
    return node
  }
}

extension ConfigurationError {
  fileprivate init(file: String, key: String, _ message: String) {
    self.init(
      file: file,
      problems: [ConfigurationProblem(line: 0, column: 0, key: key, message: message)])
  }
}

extension Node {
  /// This, and from `base` what it does not say, mapping by mapping. What comes from there has no place
  /// in this file any more.
  func over(_ base: Node) -> Node {
    if isAbsent { return base.unmarked }
    guard case .mapping(var own) = self, case .mapping(let other) = base else { return self }
    for (key, value) in other {
      own[key.unmarked] = own[key].map { $0.over(value) } ?? value.unmarked
    }
    return .mapping(own)
  }

  private var unmarked: Node {
    switch self {
    case .scalar(let scalar): .scalar(Scalar(scalar.string, scalar.tag, scalar.style))
    case .mapping(let mapping):
      .mapping(Mapping(mapping.map { ($0.key.unmarked, $0.value.unmarked) }, mapping.tag))
    case .sequence(let sequence): .sequence(Sequence(sequence.map(\.unmarked), sequence.tag))
    case .alias: self
    }
  }
}
