// SPDX-License-Identifier: MIT

/// One attribute of a sender, a receiver or a section, which is declared once. Everything else follows from the
/// declaration: the reader and the writer of files, saved state and requests; options of the command; the
/// manual page, the commented file and the description of the control API.
package struct Attribute<Owner>: Sendable {
  package let description: AttributeDescription
  let read: @Sendable (Node, ReadingContext, inout Owner) throws(ValueError) -> Void
  let write: @Sendable (Owner) -> String?

  /// - Parameters:
  ///   - key: the key in the file.
  ///   - path: the property with the value.
  ///   - codec: the kind of value, with its range.
  ///   - summary: one sentence for users.
  ///   - former: earlier keys, which are refused with a reference to the present one.
  ///   - inherits: the key of the default, such as `streams.packet-time`.
  ///   - example: a value that shows the purpose of the attribute, if the default does not.
  ///   - isWritten: false if the owner does not have the attribute at all.
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

/// The description of an attribute for users and programs.
package struct AttributeDescription: Equatable, Sendable {
  /// The time at which a changed value takes effect.
  package enum Effect: Sendable {
    /// Immediately.
    case live
    /// When the daemon is restarted.
    case restart
  }

  /// The places in which it can be set.
  package enum Scope: Sendable {
    case everywhere
    /// Only in the configuration file, which belongs to the administrator: permissions, and the files that are
    /// opened.
    case file
  }

  package let key: String
  package let former: [String]
  package let type: ValueType
  package let summary: String
  package let inherits: String?
  package let example: String?
  /// True if a profile can set it.
  package let isInProfile: Bool
  package let effect: Effect
  package let scope: Scope
  /// The default; nil if there is none.
  package var defaultText: String?
}

/// A type with attributes: a section of the file, a sender, a receiver.
package protocol Attributed: Equatable, Sendable {
  /// The attributes in the order in which they are read and written.
  static var attributes: [Attribute<Self>] { get }
  /// Conflicts between values that are each valid on their own.
  var problems: [ValidationError] { get }
}

extension Attributed {
  package var problems: [ValidationError] { [] }

  /// Its keys with their values as written in the file.
  package var keys: [String: String] {
    var keys: [String: String] = [:]
    for attribute in Self.attributes {
      keys[attribute.description.key] = attribute.write(self)
    }
    return keys
  }

  /// The descriptions of its attributes, with this value's properties as defaults.
  var descriptions: [AttributeDescription] {
    Self.attributes.map { attribute in
      var description = attribute.description
      description.defaultText = attribute.write(self)
      return description
    }
  }
}
