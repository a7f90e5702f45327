// SPDX-License-Identifier: MIT
internal import Session

/// What a receiver receives whose address and format are not its own to say.
package enum Subscription: Equatable, Sendable {
  /// A session that is announced on the network: its name, its origin, or address and port of its stream.
  case session(String)
  /// A stream that somebody has described by SDP.
  case description(SubscribedDescription)
  /// The stream that is described there, as it is described while it can be heard.
  case location(DescriptionURL)

  /// The name, origin, address or URL that was asked for.
  package var name: String {
    switch self {
    case .session(let name): name
    case .description(let description): description.stream?.name ?? description.name
    case .location(let url): url.description
    }
  }

  /// Why nothing can ever be received by it; nil while that is not known.
  package var problem: String? {
    if case .description(let description) = self { description.problem } else { nil }
  }

  /// The keys that name a subscription; a receiver has one of them at most.
  static let keys = ["session", "sdp", "sdp-text", "sdp-url"]
  /// What a subscription says, and no key beside it may.
  static let implied = [
    "address", "port", "source", "encoding", "payload-type", "alignment", "timestamp-offset",
  ]
}

extension ReceiverConfiguration {
  var sessionName: String {
    get { if case .session(let name)? = subscription { name } else { "" } }
    set { subscribe(to: .session(newValue)) }
  }

  var description: SubscribedDescription? {
    get { if case .description(let text)? = subscription { text } else { nil } }
    set { if let newValue { subscribe(to: .description(newValue)) } }
  }

  var location: DescriptionURL? {
    get { if case .location(let url)? = subscription { url } else { nil } }
    set { if let newValue { subscribe(to: .location(newValue)) } }
  }

  /// What the subscription says is not this receiver's own any more.
  private mutating func subscribe(to new: Subscription) {
    let plain = ReceiverConfiguration()
    subscription = new
    address = plain.address
    source = plain.source
    encoding = plain.encoding
    payloadType = plain.payloadType
    alignment = plain.alignment
    timestampOffset = plain.timestampOffset
  }
}

extension Codec where Value == DescriptionURL {
  static var descriptionURL: Codec {
    let type = ValueType(.text, expected: "an address such as http://10.0.0.9/by-name/Stage")
    return Codec(type, text: \.description) { node, _ throws(ValueError) in
      let text = try type.scalar(node)
      do throws(DescriptionURL.Problem) {
        return try DescriptionURL(text)
      } catch {
        throw ValueError("\"\(text)\" is not the URL of a description: \(error.reason)")
      }
    }
  }
}

extension Codec {
  /// The same for a property that may have no value.
  func optional() -> Codec<Value?> {
    Codec<Value?>(
      type, text: { $0.map(text) ?? "" },
      read: { node, context throws(ValueError) in try read(node, context) })
  }
}
