// SPDX-License-Identifier: MIT

// The settings of this host: its threads, its programs, the control of the daemon, and its log.

extension Configuration {
  /// The real-time settings of the media threads.
  package struct RealTime: Equatable, Sendable {
    /// SCHED_FIFO priority; 0 for none.
    package var priority: Int32 = 80
    package var locksMemory = true

    package init() {}
  }

  /// The settings of the ALSA device.
  package struct Device: Equatable, Sendable {
    /// The minimum period in frames.
    package var minimumPeriod: UInt32 = 64
    package var socketGroup = "audio"
    /// True to send back the received audio, for latency measurements from another host.
    package var echoes = false

    package init() {}
  }

  /// The settings of the control API.
  package struct Control: Equatable, Sendable {
    package var socketGroup = "aes67"
    /// The port on 127.0.0.1 for the control panel; nil for none.
    package var port: UInt16? = 8067

    package init() {}
  }

  /// The settings of alarms, which report streams that got worse or recovered.
  package struct Alarms: Equatable, Sendable {
    /// The path of a program that reads each alarm as JSON on its standard input; nil for none.
    package var command: String?

    package init() {}
  }

  /// The settings of the log.
  package struct Log: Equatable, Sendable {
    package var level = LogThreshold.info

    package init() {}
  }
}

/// The lowest level that is logged, key `log.level`.
package enum LogThreshold: String, CaseIterable, Sendable {
  case trace, debug, info, notice, warning, error
}

extension Configuration.RealTime: Attributed {
  package static let attributes: [Attribute<Self>] = [
    Attribute(
      "priority", \.priority, .integer(0...98),
      "The SCHED_FIFO priority of the media threads; 0 runs without real-time scheduling.",
      effect: .restart),
    Attribute(
      "lock-memory", \.locksMemory, .boolean,
      "Whether the daemon's memory is locked, so that it is never paged out.", effect: .restart),
  ]
}

extension Configuration.Device: Attributed {
  package static let attributes: [Attribute<Self>] = [
    Attribute(
      "minimum-period", \.minimumPeriod, .integer(16...4096, unit: "frames"),
      "The smallest period that programs may choose.", isInProfile: true),
    Attribute(
      "socket-group", \.socketGroup, .text(maximumLength: 32),
      "The group that may open the device, besides root.", effect: .restart, scope: .file),
    Attribute(
      "echo", \.echoes, .boolean,
      "For latency tests: whether received audio is sent back. Use it on one of two hosts only.",
      former: ["reflect"]),
  ]
}

extension Configuration.Control: Attributed {
  package static let attributes: [Attribute<Self>] = [
    Attribute(
      "socket-group", \.socketGroup, .text(maximumLength: 32),
      "The group that may control the daemon with the command aes67, besides root.",
      effect: .restart, scope: .file),
    Attribute(
      "port", \.port, Codec<UInt16>.integer(1...65_535).or("off"),
      "The port of the control panel on 127.0.0.1; if another program uses it, the next free one is taken. The"
        + " file /run/aes67/panel holds the panel's address with its token. off serves no panel.",
      effect: .restart, scope: .file),
  ]
}

extension Configuration.Alarms: Attributed {
  package static let attributes: [Attribute<Self>] = [
    Attribute(
      "command", \.command, Codec<String>.program.or("none"),
      "The path of a program, such as /usr/local/bin/aes67-alarm, that is started for each alarm. An alarm names"
        + " streams that got worse for one cause, or have recovered; the program reads it as JSON on its standard"
        + " input. It runs as the daemon's user, one at a time, for 10 s at most.", scope: .file)
  ]
}

extension Codec where Value == String {
  /// The path of a program, without arguments.
  fileprivate static var program: Codec {
    Codec(
      ValueType(.text, expected: "the absolute path of a program"), text: { $0 },
      parse: { text in
        let isPath = text.hasPrefix("/") && text.utf8.count <= 1024 && text.isOneVisibleLine
        return isPath ? text : nil
      })
  }
}

extension Configuration.Log: Attributed {
  package static let attributes: [Attribute<Self>] = [
    Attribute("level", \.level, .word, "The least severity that is logged.")
  ]
}
