// SPDX-License-Identifier: MIT
internal import DaemonConfiguration

/// The JSON Schemas of requests for senders, receivers and settings, for the description of the control API.
enum RequestSchemas {
  static func text() -> String {
    let settings = ConfigurationSection.all.flatMap { section in
      section.attributes.filter { $0.scope == .everywhere }.map { attribute in
        ("\(section.name).\(attribute.key)", schema(attribute))
      }
    }
    let documents = [
      (
        "SenderRequest",
        object(
          "The attributes of a sender, by the keys of the configuration file.",
          ConfigurationSection.sender)
      ),
      (
        "ReceiverRequest",
        object(
          "The attributes of a receiver, by the keys of the configuration file.",
          ConfigurationSection.receiver)
      ),
      (
        "Settings",
        object(
          "Values by the keys of the configuration file with their sections.",
          [("profile", "{\"type\": \"string\", \"description\": \"The profile's name.\"}")]
            + settings)
      ),
    ]
    return "{" + documents.map { "\(quoted($0.0)): \($0.1)" }.joined(separator: ",\n") + "}\n"
  }

  private static func object(_ about: String, _ attributes: [AttributeDescription]) -> String {
    object(
      about, attributes.filter { $0.scope == .everywhere }.map { ($0.key, schema($0)) })
  }

  private static func object(_ about: String, _ properties: [(String, String)]) -> String {
    let list = properties.map { "\(quoted($0.0)): \($0.1)" }.joined(separator: ", ")
    return "{\"type\": \"object\", \"description\": \(quoted(about)), \"properties\": {\(list)},"
      + " \"additionalProperties\": false}"
  }

  private static func schema(_ attribute: AttributeDescription) -> String {
    let about = quoted("\(attribute.summary) Allowed: \(attribute.type.expected).")
    let words = attribute.type.words.map(quoted).joined(separator: ", ")
    var form = form(attribute.type.form)
    if attribute.type.form == .text {
      form += ", \"minLength\": 1"
      if let length = attribute.type.maximumLength { form += ", \"maxLength\": \(length)" }
    }
    guard !words.isEmpty, case .integer = attribute.type.form else {
      return "{\(form), \"description\": \(about)}"
    }
    return "{\"anyOf\": [{\(form)}, {\"enum\": [\(words)]}], \"description\": \(about)}"
  }

  private static func form(_ form: ValueType.Form) -> String {
    switch form {
    case .integer(let range):
      "\"type\": \"integer\", \"minimum\": \(range.lowerBound), \"maximum\": \(range.upperBound)"
    case .boolean: "\"type\": \"boolean\""
    case .word(let all): "\"enum\": [\(all.map(quoted).joined(separator: ", "))]"
    case .text: "\"type\": \"string\""
    case .channels(let count):
      "\"anyOf\": [{\"type\": \"integer\", \"minimum\": 1, \"maximum\": \(count)},"
        + " {\"type\": \"array\", \"minItems\": 1, \"maxItems\": \(count), \"items\":"
        + " {\"anyOf\": [{\"type\": \"integer\", \"minimum\": 1, \"maximum\": \(count)},"
        + " {\"type\": \"string\"}]}}]"
    }
  }

  private static func quoted(_ text: String) -> String {
    let escaped = text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
    return "\"\(escaped)\""
  }
}
