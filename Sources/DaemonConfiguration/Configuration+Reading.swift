// SPDX-License-Identifier: MIT
internal import Addressing
internal import Notation

extension Configuration {
  /// Finds a profile's tree; nil for an empty one. Throws if there is none of that name, or if it has mistakes.
  package typealias ProfileSource = @Sendable (String) throws(ConfigurationError) -> Node?

  /// Reads a file's tree, and refuses it with all of its mistakes.
  ///
  /// - Parameters:
  ///   - tree: nil for an empty file.
  ///   - file: its name, for messages.
  ///   - settings: the overrides of the file's values, by keys such as `network.interface`.
  ///   - profiles: finds the profile that supplies the values that the file does not set.
  ///   - context: reads the files that keys name.
  package init(
    reading tree: Node?, file: String, settings: [String: String] = [:],
    profiles: ProfileSource = { _ in nil }, context: ReadingContext = .withoutFiles
  ) throws(ConfigurationError) {
    let problems = Problems()
    var tree = tree ?? Node(.absent)
    if !settings.isEmpty { tree = tree.setting(settings) }
    let profile = tree["profile"].map { $0.text ?? "" } ?? Self.usualProfile
    if profile != "none", let base = try profiles(profile) { tree = tree.over(base) }
    self.init()
    self.profile = profile == "none" ? "" : profile
    read(tree, context, problems)
    guard problems.found.isEmpty else {
      throw ConfigurationError(file: file, problems: problems.found)
    }
  }

  private mutating func read(_ tree: Node, _ context: ReadingContext, _ problems: Problems) {
    let sections = ConfigurationSection.all
    let root = MappingReader(
      tree, path: "", allowed: ["profile"] + sections.map(\.name) + ["senders", "receivers"],
      problems: problems)
    var readers: [String: MappingReader] = [:]
    for section in sections {
      readers[section.name] = section.read(root.node(section.name), &self, context, problems)
    }
    // If the clock is not the network's, off is the default and the only allowed value.
    if clock.alternative != nil, readers["ptp"]?.has("mode") != true { networkClock.mode = nil }
    for problem in crossProblems { readers[problem.section]?.report(problem.error) }
    // A mistake in a section is reported there once, and not for each stream that follows from it.
    let areSectionsSound = problems.found.isEmpty
    readSenders(root, readers["layout"], context, problems)
    readReceivers(root, context, problems)
    guard areSectionsSound, let reader = readers["layout"] else { return }
    if !root.has("senders") { report(senders, at: reader) { $0.problems(beside: $1) } }
    if !root.has("receivers") { report(receivers, at: reader) { $0.problems(beside: $1) } }
  }

  private mutating func readSenders(
    _ root: MappingReader, _ layoutReader: MappingReader?, _ context: ReadingContext,
    _ problems: Problems
  ) {
    if let list = root.list("senders") {
      hasLayoutSenders = false
      let base = SenderConfiguration(network, streams)
      senders = readStreams(
        list, base: base, context, problems,
        check: { reader in
          if !reader.has("address") {
            reader.report(
              "address", "is missing; expected a multicast group, the address of one host, or auto")
          }
        }, defaultName: { $0.address == .any ? "sender" : "\($0.address)" },
        problems: { $0.problems(beside: $1) })
      return
    }
    senders = layoutSenders
    if let file = layout.descriptionFile {
      hasLayoutSenders = false
      do throws(ValueError) {
        senders = try file.senders()
      } catch {
        layoutReader?.report("sdp", error.message)
      }
    }
  }

  private mutating func readReceivers(
    _ root: MappingReader, _ context: ReadingContext, _ problems: Problems
  ) {
    guard let list = root.list("receivers") else {
      receivers = layoutReceivers
      return
    }
    hasLayoutReceivers = false
    receivers = readStreams(
      list, base: ReceiverConfiguration(network, streams), context, problems,
      check: { reader in
        if !reader.has("address"), !Subscription.keys.contains(where: { reader.has($0) }) {
          reader.report(
            "address",
            "is missing; expected an IPv4 address, or a session, sdp, sdp-text or sdp-url")
        }
      }, defaultName: { $0.subscription?.name.asName ?? "\($0.address)" },
      problems: { $0.problems(beside: $1) })
  }

  /// Reports each key only once, because all streams of the layout are alike.
  private func report<Stream>(
    _ streams: [Stream], at reader: MappingReader,
    _ problems: (Stream, [Stream]) -> [ValidationError]
  ) {
    var reported: Set<String> = []
    for (index, stream) in streams.enumerated() {
      for problem in problems(stream, Array(streams[..<index]))
      where reported.insert(problem.keys[0]).inserted {
        reader.report(problem)
      }
    }
  }
}
