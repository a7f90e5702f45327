// SPDX-License-Identifier: MIT

/// One section of the file, read and written by its attributes.
package struct ConfigurationSection: Sendable {
  package let name: String
  /// One sentence for users.
  package let summary: String
  /// The attributes, with their defaults.
  package let attributes: [AttributeDescription]
  let read: @Sendable (Node?, inout Configuration, ReadingContext, Problems) -> MappingReader
  let keys: @Sendable (Configuration) -> [String: String]

  private init<Section: Attributed>(
    _ name: String, _ path: any WritableKeyPath<Configuration, Section> & Sendable,
    _ summary: String
  ) {
    self.name = name
    self.summary = summary
    attributes = Configuration()[keyPath: path].descriptions
    read = { node, configuration, context, problems in
      let reader = MappingReader(node, path: name, of: Section.attributes, problems: problems)
      reader.read(Section.attributes, into: &configuration[keyPath: path], context)
      for problem in configuration[keyPath: path].problems { reader.report(problem) }
      return reader
    }
    keys = { $0[keyPath: path].keys }
  }

  /// All sections in the order of the file.
  package static let all: [ConfigurationSection] = [
    ConfigurationSection(
      "layout", \.layout,
      "The default streams: host n sends to 239.69.n.1 and up, and receives what the remote host sends."
        + " Hosts choose their numbers automatically. Two machines therefore hear each other without any change."
    ),
    ConfigurationSection(
      "network", \.network, "The network of the streams, and the marking of packets."),
    ConfigurationSection("streams", \.streams, "Defaults for every stream."),
    ConfigurationSection("ptp", \.networkClock, "The PTP clock of this host."),
    ConfigurationSection("clock", \.clock, "The clock that the device clock follows."),
    ConfigurationSection("real-time", \.realTime, "Scheduling and memory of the media threads."),
    ConfigurationSection("device", \.device, "The ALSA device."),
    ConfigurationSection(
      "control", \.control, "Permission to control the daemon, and the control panel."),
    ConfigurationSection(
      "alarms", \.alarms, "Notification when streams get worse or recover."),
    ConfigurationSection("log", \.log, "The log."),
  ]

  /// The attributes of a stream in the lists `senders` and `receivers`.
  package static let sender = SenderConfiguration().descriptions
  package static let receiver = ReceiverConfiguration().descriptions

  /// The attribute of a key such as `network.interface`; nil if there is none.
  package static func attribute(_ key: String) -> AttributeDescription? {
    let parts = key.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 2, let section = all.first(where: { $0.name == parts[0] }) else {
      return nil
    }
    return section.attributes.first { $0.key == parts[1] }
  }

  /// The keys that a profile may have, by section.
  static var profileKeys: [(section: String, keys: [String])] {
    all.map { section in (section.name, section.attributes.filter(\.isInProfile).map(\.key)) }
      .filter { !$0.1.isEmpty }
  }
}

extension Configuration {
  /// The values of all sections in the order of the file. Keys without a value are left out.
  package var settings: [(key: String, value: String, attribute: AttributeDescription)] {
    ConfigurationSection.all.flatMap { section in
      let values = section.keys(self)
      return section.attributes.compactMap { attribute in
        values[attribute.key].map { ("\(section.name).\(attribute.key)", $0, attribute) }
      }
    }
  }

  /// The keys whose values differ, such as `network.interface`, in the order of the file.
  package func changedKeys(from old: Configuration) -> [String] {
    ConfigurationSection.all.flatMap { section in
      let (before, after) = (section.keys(old), section.keys(self))
      return section.attributes.map(\.key).filter { before[$0] != after[$0] }
        .map { "\(section.name).\($0)" }
    }
  }
}
