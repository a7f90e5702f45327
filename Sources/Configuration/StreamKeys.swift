// SPDX-License-Identifier: MIT
internal import Addressing
internal import MediaClock
internal import Session
internal import Yams

/// A stream of the file, known by its name.
package protocol NamedStream: Equatable {
  var name: String { get }
}

/// A stream that can be written as the keys of the file and read again.
package protocol KeyedStream: NamedStream {
  var keys: [String: String] { get }
  init(_ keys: [String: String], _ defaults: StreamDefaults, _ problems: Problems)
}

extension SenderConfiguration: KeyedStream {
  package init(_ keys: [String: String], _ defaults: StreamDefaults, _ problems: Problems) {
    let reader = MappingReader(
      Node(keys), path: "", allowed: SenderList.keys, problems: problems)
    self = SenderList.sender(reader, defaults)
    if let problem = self.problems(beside: []).first { reader.report(problem) }
  }

  /// As it would stand in the file.
  package var keys: [String: String] {
    var keys = [
      "name": name, "address": hasAutomaticAddress ? "auto" : "\(address)", "port": "\(port)",
      "channels": "\(channels)", "first-channel": "\(firstChannel)",
      "packet-time": packetTime.configured, "payload-type": "\(payloadType)",
      "enabled": "\(isEnabled)",
    ]
    if let map { (keys["channels"], keys["first-channel"]) = (map.text, nil) }
    if !channelNames.isEmpty { keys["channel-names"] = channelNames.joined(separator: ", ") }
    return keys
  }
}

extension ReceiverConfiguration: KeyedStream {
  package init(_ keys: [String: String], _ defaults: StreamDefaults, _ problems: Problems) {
    let reader = MappingReader(
      Node(keys), path: "", allowed: ReceiverList.keys, problems: problems)
    self = ReceiverList.receiver(reader, defaults)
    if let problem = self.problems(beside: []).first { reader.report(problem) }
  }

  /// As it would stand in the file.
  package var keys: [String: String] {
    var keys = [
      "name": name, "channels": "\(channels)", "first-channel": "\(firstChannel)",
      "link-offset": automaticOffset == nil ? linkOffset.configured : "auto",
      "enabled": "\(isEnabled)", "group": group ?? "none",
    ]
    if let map { (keys["channels"], keys["first-channel"]) = (map.text, nil) }
    switch subscription {
    case .location(let url)?: keys["sdp-url"] = "\(url)"
    case .session(let name)?: keys["session"] = name
    case .description(let stream)?:
      keys["sdp-text"] =
        SessionDescription(
          origin: Origin(identifier: 1, version: 1, address: stream.origin), name: stream.name,
          streams: [stream]
        ).text
    case nil:
      keys["address"] = "\(address)"
      keys["port"] = "\(port)"
      keys["source"] = source.map { "\($0)" } ?? "any"
      keys["encoding"] = encoding.rawValue
      keys["payload-type"] = payloadType.map { "\($0)" } ?? "any"
      keys["alignment"] = alignment.rawValue
      keys["timestamp-offset"] = "\(timestampOffset)"
    }
    return keys
  }
}

extension Node {
  /// A mapping of text.
  init(_ keys: [String: String]) {
    let pairs = keys.sorted { $0.key < $1.key }.map { key, value in
      (Node.scalar(Scalar(key)), Node.scalar(Scalar(value, .implicit, .singleQuoted)))
    }
    self = .mapping(Mapping(pairs))
  }

  /// This file with other values in the place of some, each by its key and its section's, such as
  /// `network.interface`. Keys without a section are the file's own.
  func with(_ settings: [String: String]) -> Node {
    guard case .mapping(var root) = self else {
      return isAbsent && !settings.isEmpty ? Node([:]).with(settings) : self
    }
    for (path, value) in settings {
      let scalar = Node.scalar(Scalar(value, .implicit, .singleQuoted))
      let parts = path.split(separator: ".", maxSplits: 1).map(String.init)
      guard parts.count == 2 else {
        root[path] = scalar
        continue
      }
      if case .mapping(var section)? = root[parts[0]] {
        section[parts[1]] = scalar
        root[parts[0]] = .mapping(section)
      } else {
        root[parts[0]] = .mapping(Mapping([(Node.scalar(Scalar(parts[1])), scalar)]))
      }
    }
    return .mapping(root)
  }
}
