// SPDX-License-Identifier: MIT

/// A stream of the file: identified by its name, and with device channels.
package protocol StreamConfiguration: Attributed, DeviceChannelUser {
  var name: String { get set }
}

extension SenderConfiguration: StreamConfiguration {}
extension ReceiverConfiguration: StreamConfiguration {}

/// Reads the streams of one direction, and reports the mistakes of each, also beside those above it, at their
/// places.
func readStreams<Stream: StreamConfiguration>(
  _ list: [(node: Node, path: String)], base: Stream, _ context: ReadingContext,
  _ problems: Problems, check: (MappingReader) -> Void, defaultName: (Stream) -> String,
  problems wrong: (Stream, [Stream]) -> [ValidationError]
) -> [Stream] {
  var read: [(stream: Stream, reader: MappingReader)] = list.map { node, path in
    let reader = MappingReader(node, path: path, of: Stream.attributes, problems: problems)
    var stream = base
    reader.read(Stream.attributes, into: &stream, context)
    reader.reportConflicts()
    check(reader)
    return (stream, reader)
  }
  // Streams without a name get a unique one from their properties.
  var names = Set(read.map(\.stream.name))
  for index in read.indices where read[index].stream.name.isEmpty {
    let name = uniqueName(defaultName(read[index].stream), names)
    read[index].stream.name = name
    names.insert(name)
  }
  for (index, (stream, reader)) in read.enumerated() {
    for problem in wrong(stream, read[..<index].map(\.stream)) { reader.report(problem) }
  }
  return read.map(\.stream)
}

/// The name itself if it is free, otherwise with the first number that makes it unique.
package func uniqueName(_ name: String, _ taken: Set<String>) -> String {
  guard taken.contains(name) else { return name }
  var number = 2
  while taken.contains("\(name) \(number)") { number += 1 }
  return "\(name) \(number)"
}

extension MappingReader {
  /// Reports keys that set the same thing in different ways.
  func reportConflicts() {
    if has("first-channel"), case .list? = node("channels")?.channelList {
      report("first-channel", "is implied by the list of channels; leave it out")
    }
    let subscriptions = Subscription.keys.filter { has($0) }
    guard let first = subscriptions.first else { return }
    for key in Subscription.implied + subscriptions.dropFirst() where has(key) {
      report(key, "is given by \(first) already; leave it out")
    }
  }
}

extension Node {
  fileprivate enum ChannelList { case list }

  /// The list, if a value of `channels` is one.
  fileprivate var channelList: ChannelList? {
    switch value {
    case .sequence: .list
    case .scalar(let text) where text.contains(","): .list
    default: nil
    }
  }
}

extension StreamConfiguration {
  /// The mistake of single values, each by itself; nil if there is none. For checks before a request.
  package static func problem(with keys: [String: String], of base: Self) -> String? {
    let problems = Problems()
    let reader = MappingReader(Node(keys), path: "", of: Self.attributes, problems: problems)
    var stream = base
    reader.read(Self.attributes, into: &stream, .withoutFiles)
    return problems.found.first?.description
  }

  /// This stream with the changes of a request or of saved state.
  ///
  /// - Throws: all mistakes by itself; conflicts with other streams are found when it is added.
  package func applying(
    _ node: Node, named source: String, context: ReadingContext = .withoutFiles
  ) throws(ConfigurationError) -> Self {
    let problems = Problems()
    let reader = MappingReader(node, path: "", of: Self.attributes, problems: problems)
    var stream = self
    reader.read(Self.attributes, into: &stream, context)
    reader.reportConflicts()
    if problems.found.isEmpty {
      for problem in stream.problems { reader.report(problem) }
    }
    guard problems.found.isEmpty else {
      throw ConfigurationError(file: source, problems: problems.found)
    }
    return stream
  }
}
