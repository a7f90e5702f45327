// SPDX-License-Identifier: MIT

/// One attribute of a sender, a receiver or a section: declared once, and everything else follows from it. The
/// reader and the writer of files, kept state and requests; options of the command; the manual page, the
/// commented file and the description of the control API.
package struct Attribute<Owner>: Sendable {
  package let description: AttributeDescription
  let read: @Sendable (Node, ReadingContext, inout Owner) throws(ValueError) -> Void
  let write: @Sendable (Owner) -> String?

  /// - Parameters:
  ///   - key: as in the file.
  ///   - path: the value.
  ///   - codec: its kind, with its range.
  ///   - summary: one sentence for people.
  ///   - former: keys that it had before; they are refused with the new one.
  ///   - inherits: the key that says the default, such as `streams.packet-time`.
  ///   - example: a value that shows what the attribute is for, where the default does not.
  ///   - isWritten: false where the owner does not have the attribute at all.
  init<Value>(
    _ key: String, _ path: any WritableKeyPath<Owner, Value> & Sendable, _ codec: Codec<Value>,
    _ summary: String, former: [String] = [], inherits: String? = nil, example: String? = nil,
    isInProfile: Bool = false, effect: AttributeDescription.Effect = .live,
    scope: AttributeDescription.Scope = .everywhere,
    isWritten: @escaping @Sendable (Owner) -> Bool = { _ in true }
  ) {
    description = AttributeDescription(
      key: key, former: former, type: codec.type, summary: summary, inherits: inherits,
      example: example, isInProfile: isInProfile, effect: effect, scope: scope)
    read = { node, context, owner throws(ValueError) in
      owner[keyPath: path] = try codec.read(node, context)
    }
    write = { owner in isWritten(owner) ? codec.text(owner[keyPath: path]) : nil }
  }
}

/// What people and programs are told of an attribute.
package struct AttributeDescription: Equatable, Sendable {
  /// When a changed value takes effect.
  package enum Effect: Sendable {
    /// At once.
    case live
    /// When the daemon starts anew.
    case restart
  }

  /// Who may set it.
  package enum Scope: Sendable {
    case everywhere
    /// The configuration file alone, which is the administrator's: who may do what, and which files are opened.
    case file
  }

  package let key: String
  package let former: [String]
  package let type: ValueType
  package let summary: String
  package let inherits: String?
  package let example: String?
  /// Whether a profile may say it.
  package let isInProfile: Bool
  package let effect: Effect
  package let scope: Scope
  /// What holds where nothing is said; nil where there is no such value.
  package var defaultText: String?
}

/// What has attributes: a section of the file, a sender, a receiver.
package protocol Attributed: Equatable, Sendable {
  /// In the order in which they are read and written.
  static var attributes: [Attribute<Self>] { get }
  /// Conflicts between values that are each valid on their own.
  var problems: [ValidationError] { get }
}

extension Attributed {
  package var problems: [ValidationError] { [] }

  /// Its keys with what the file would say.
  package var keys: [String: String] {
    var keys: [String: String] = [:]
    for attribute in Self.attributes {
      keys[attribute.description.key] = attribute.write(self)
    }
    return keys
  }

  /// For people, with the defaults of this value.
  var descriptions: [AttributeDescription] {
    Self.attributes.map { attribute in
      var description = attribute.description
      description.defaultText = attribute.write(self)
      return description
    }
  }
}
