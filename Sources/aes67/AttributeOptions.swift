// SPDX-License-Identifier: MIT
internal import ArgumentParser
internal import DaemonConfiguration

/// The attributes of a stream that a command has as options.
protocol AttributeChoice {
  static var attributes: [AttributeDescription] { get }
  /// Other names of options, by their keys.
  static var aliases: [String: String] { get }
  /// The mistake in a value; nil if there is none.
  static func problem(with keys: [String: String]) -> String?
}

/// Options of the command line that follow from the declarations of attributes: one for each key, with its
/// range in the help.
///
/// ArgumentParser finds options by reflection, so that this type pretends to have a property for each of them.
struct AttributeOptions<Choice: AttributeChoice>: ParsableArguments, CustomReflectable {
  /// The given values, by the keys of the file.
  private(set) var keys: [String: String] = [:]

  init() {}

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    for attribute in Choice.attributes {
      let option = try container.decode(Option<String?>.self, forKey: Key(attribute.key))
      keys[attribute.key] = option.wrappedValue
    }
  }

  /// Refuses values that no daemon would accept.
  func validate() throws {
    guard let problem = Choice.problem(with: keys) else { return }
    let key = String(problem.prefix { $0 != ":" })
    throw ValidationError("--\(Choice.aliases[key] ?? key)\(problem.dropFirst(key.count))")
  }

  var customMirror: Mirror {
    let children = Choice.attributes.map { attribute -> Mirror.Child in
      ("_\(attribute.key)", Self.option(attribute))
    }
    return Mirror(self, children: children, displayStyle: .struct)
  }

  private static func option(_ attribute: AttributeDescription) -> Option<String?> {
    let alias = Choice.aliases[attribute.key].map { [NameSpecification.Element.customLong($0)] }
    let names = (alias ?? []) + [.customLong(attribute.key)]
    let facts = [
      attribute.type.expected, attribute.inherits.map { "default: that of \($0)" },
    ].compactMap(\.self)
    return Option<String?>(
      name: NameSpecification(names),
      help: ArgumentHelp(
        "\(attribute.summary) (\(facts.joined(separator: "; ")))", valueName: attribute.key),
      completion: attribute.key == "session" ? .sessions : .values(of: attribute.type))
  }

  private struct Key: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }

    init(_ key: String) { stringValue = key }
    init?(stringValue: String) { self.init(stringValue) }
    init?(intValue: Int) { nil }
  }
}

/// The attributes of a sender except its name, which is an argument.
enum SenderAttributes: AttributeChoice {
  static let attributes = ConfigurationSection.sender.filter { $0.key != "name" }
  static let aliases: [String: String] = [:]

  static func problem(with keys: [String: String]) -> String? {
    SenderConfiguration.problem(with: keys, of: SenderConfiguration())
  }
}

/// The attributes of a receiver that do not follow from its subscription. The command opens files, not the
/// daemon.
enum SubscriptionAttributes: AttributeChoice {
  private static let left = [
    "session", "sdp", "sdp-text", "address", "port", "source", "encoding", "payload-type",
    "alignment", "timestamp-offset",
  ]
  static let attributes = ConfigurationSection.receiver.filter { !left.contains($0.key) }
  static let aliases = ["first-channel": "to"]

  static func problem(with keys: [String: String]) -> String? {
    ReceiverConfiguration.problem(with: keys, of: ReceiverConfiguration())
  }
}

/// The attributes of a receiver except its name, which is an argument.
enum ReceiverAttributes: AttributeChoice {
  static let attributes = ConfigurationSection.receiver.filter {
    !["name", "sdp", "sdp-text"].contains($0.key)
  }
  static let aliases: [String: String] = [:]

  static func problem(with keys: [String: String]) -> String? {
    ReceiverConfiguration.problem(with: keys, of: ReceiverConfiguration())
  }
}
