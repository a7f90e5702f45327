// SPDX-License-Identifier: MIT
internal import Session

/// The stream of a receiver whose address and format are not configured directly.
package enum Subscription: Equatable, Sendable {
  /// A session that is announced on the network: its name, its origin, or address and port of its stream.
  case session(String)
  /// A stream that is described by SDP.
  case description(SubscribedDescription)
  /// The stream of the description at a URL, which is fetched again while no packets arrive.
  case location(DescriptionURL)

  /// The requested name, origin, address or URL.
  package var name: String {
    switch self {
    case .session(let name): name
    case .description(let description): description.stream?.name ?? description.name
    case .location(let url): url.description
    }
  }

  /// The reason why no stream can ever be received by it; nil if that is not known.
  package var problem: String? {
    if case .description(let description) = self { description.problem } else { nil }
  }

  /// The keys that name a subscription; a receiver has one of them at most.
  static let keys = ["session", "sdp", "sdp-text", "sdp-url"]
  /// The keys whose values come from the subscription, and which cannot be set beside it.
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

  /// Subscribes to another stream, and drops the values that come from the subscription.
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
  /// The same codec for a property that may be nil.
  func optional() -> Codec<Value?> {
    Codec<Value?>(
      type, text: { $0.map(text) ?? "" },
      read: { node, context throws(ValueError) in try read(node, context) })
  }
}
