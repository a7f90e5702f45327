// SPDX-License-Identifier: MIT
internal import Logging
internal import MediaClock
internal import Yams

extension Configuration {
  /// What holds without a file: host 1 of the default layout.
  public init() {
    let problems = Problems()
    self.init(root: Self.root(nil, problems), problems)
  }

  /// Reads a file's text; refuses it with all that is wrong in it.
  ///
  /// - Parameters:
  ///   - file: Its name, for the messages.
  ///   - shelf: Where the profile is that fills in what the file does not say.
  ///   - settings: What stands before the file's values, by keys such as `network.interface`.
  public init(
    parsing text: String, file: String, shelf: ProfileShelf = ProfileShelf([]),
    settings: [String: String] = [:]
  ) throws(ConfigurationError) {
    let problems = Problems()
    var node = Self.compose(text, problems)
    if !settings.isEmpty { node = (node ?? Node([:])).with(settings) }
    let chosen =
      Self.root(node, Problems()).node("profile").map { $0.string ?? "" } ?? ProfileShelf.usual
    if chosen != "none", let base = try shelf.open(chosen) { node = node?.over(base) ?? base }
    self.init(root: Self.root(node, problems), problems)
    self.profile = chosen == "none" ? "" : chosen
    guard problems.found.isEmpty else {
      let sorted = problems.found.sorted { ($0.line, $0.column) < ($1.line, $1.column) }
      throw ConfigurationError(file: file, problems: sorted)
    }
  }

  private static func root(_ node: Node?, _ problems: Problems) -> MappingReader {
    MappingReader(
      node, path: "",
      allowed: [
        "profile", "layout", "network", "streams", "senders", "receivers", "ptp", "clock",
        "real-time",
        "device", "control", "log",
      ], problems: problems)
  }

  private init(root: MappingReader, _ problems: Problems) {
    func section(_ name: String, _ allowed: [String]) -> MappingReader {
      MappingReader(root.node(name), path: name, allowed: allowed, problems: problems)
    }
    network = Network(
      section("network", ["interface", "port", "ttl", "dscp", "loopback"]))
    let streams = StreamDefaults(
      section(
        "streams",
        [
          "packet-time", "link-offset", "least-packets", "greatest-packets", "concealment",
          "payload-type", "max-lateness",
        ]),
      port: network.port)
    defaults = streams
    maxLateness = streams.maxLateness
    let layout = Layout(
      section("layout", ["host", "peer", "base", "streams", "channels", "sdp"]),
      loopback: network.loopback)
    automaticBase = layout.base
    senders = SenderList(root, layout: layout, defaults: streams).checked()
    receivers = ReceiverList(root, layout: layout, defaults: streams).checked()
    clock = Clock(section("clock", ["source", "rate-divisor", "anchor"]))
    networkClock = NetworkClock(section("ptp", NetworkClock.keys), beside: clock)
    realTime = RealTime(section("real-time", ["priority", "lock-memory"]))
    device = Device(section("device", ["minimum-period", "socket-group", "reflect"]))
    control = Control(section("control", ["socket-group", "port"]))
    logLevel = Self.level(section("log", ["level"]))
  }

  private static func level(_ log: MappingReader) -> Logger.Level {
    let levels = Self.logLevels
    let names = levels.map(\.rawValue).joined(separator: ", ")
    return log.value("level", expected: "one of \(names)") { text in
      levels.first { $0.rawValue == text }
    } ?? .info
  }

  static func compose(_ text: String, _ problems: Problems) -> Node? {
    do {
      return try Yams.compose(yaml: text)
    } catch let error as YamlError {
      switch error {
      case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
        .composer(_, let problem, let mark, _):
        problems.add(mark, "", "not YAML: \(problem)")
      case .duplicatedKeysInMapping(let duplicates, let context):
        let keys = duplicates.sorted().joined(separator: ", ")
        problems.add(context.mark, keys, "stands here twice; keep one of the two")
      default:
        problems.add(nil, "", "not YAML: \(error)")
      }
    } catch {
      problems.add(nil, "", "not YAML: \(error)")
    }
    return nil
  }
}

extension Configuration.Network {
  fileprivate init(_ reader: MappingReader) {
    if let name = reader.value(
      "interface", expected: "auto or a name such as eth0",
      parse: {
        (1...15).contains($0.utf8.count) && !$0.contains { $0 == "/" || $0.isWhitespace } ? $0 : nil
      })
    {
      interface = name == "auto" ? .automatic : .named(name)
    }
    port = reader.integer("port", in: 1...65535, default: port)
    ttl = reader.integer("ttl", in: 1...255, default: ttl)
    dscp = reader.integer("dscp", in: 0...63, default: dscp)
    loopback = reader.boolean("loopback", default: loopback)
  }
}

extension Configuration.Clock {
  fileprivate init(_ reader: MappingReader) {
    source =
      reader.value("source", expected: "ptp, system-tai or phc: and a path such as phc:/dev/ptp0") {
        ClockSource($0)
      } ?? .ptp
    rateDivisor = reader.integer("rate-divisor", in: 1...1000, default: rateDivisor)
    let nanoseconds: Int64? = reader.integer("anchor", in: 0...Int64.max / 4, or: "now")
    anchor = nanoseconds.map(MonotonicInstant.init(nanoseconds:))
    if source != .ptp, isSimulated {
      reader.report("source", "\(source) cannot be slowed or anchored; leave those keys out")
    }
  }
}

extension Configuration.RealTime {
  fileprivate init(_ reader: MappingReader) {
    priority = reader.integer("priority", in: 0...98, default: priority)
    locksMemory = reader.boolean("lock-memory", default: locksMemory)
  }
}

extension Configuration.Device {
  fileprivate init(_ reader: MappingReader) {
    minimumPeriod = reader.integer("minimum-period", in: 16...4096, default: minimumPeriod)
    socketGroup = reader.text("socket-group", default: socketGroup)
    reflects = reader.boolean("reflect", default: reflects)
  }
}

extension Configuration.Control {
  fileprivate init(_ reader: MappingReader) {
    socketGroup = reader.text("socket-group", default: socketGroup)
    port = reader.integer("port", in: 1...65535, or: "off")
  }
}
