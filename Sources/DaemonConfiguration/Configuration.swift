// SPDX-License-Identifier: MIT
internal import PTP

/// What the configuration file says, with the layout spelt out as senders and receivers.
///
/// A value that was read is sound: whatever a file could have wrong was refused before.
package struct Configuration: Equatable, Sendable {
  /// The profile that filled in what the file does not say; empty for none.
  package var profile = Configuration.usualProfile
  package var layout = Layout()
  package var network = Network()
  /// Defaults for every stream.
  package var streams = StreamDefaults()
  package var senders: [SenderConfiguration] = []
  package var receivers: [ReceiverConfiguration] = []
  package var networkClock = NetworkClock()
  package var clock = Clock()
  package var realTime = RealTime()
  package var device = Device()
  package var control = Control()
  package var alarms = Alarms()
  package var log = Log()

  /// What holds unless the file names another: the daemon's own defaults, so that it need not be there.
  package static let usualProfile = "interop"

  /// What holds without a file: host 1 of the default layout.
  package init() {
    senders = layoutSenders
    receivers = layoutReceivers
  }
}

extension Configuration {
  /// The streams that the layout's numbers say this host sends.
  var layoutSenders: [SenderConfiguration] {
    (0..<layout.streams).map { index in
      var sender = SenderConfiguration(network, streams)
      sender.name = "host \(layout.host) stream \(index + 1)"
      sender.address = layout.address(ofHost: layout.host, stream: index + 1)
      sender.channels = layout.channels
      sender.firstChannel = 1 + index * layout.channels
      return sender
    }
  }

  /// The streams that the layout's numbers say this host receives.
  var layoutReceivers: [ReceiverConfiguration] {
    (0..<layout.streams).map { index in
      var receiver = ReceiverConfiguration(network, streams)
      receiver.name = "host \(layout.remoteHost) stream \(index + 1)"
      receiver.address = layout.address(ofHost: layout.remoteHost, stream: index + 1)
      receiver.channels = layout.channels
      receiver.firstChannel = 1 + index * layout.channels
      return receiver
    }
  }

  /// Conflicts between sections, each with the section that reports it.
  var crossProblems: [(section: String, error: ValidationError)] {
    var problems: [(String, ValidationError)] = []
    if layout.chosenRemoteHost == layout.host, !network.loopback {
      problems.append(
        (
          "layout",
          ValidationError(
            keys: ["remote-host"],
            message: "\(layout.host) is this host, which receives its own streams only with"
              + " network.loopback: true")
        ))
    }
    if let mode = networkClock.mode, let alternative = clock.alternative {
      problems.append(
        (
          "ptp",
          ValidationError(
            keys: ["mode"],
            message: "\"\(mode.rawValue)\" is not allowed; expected off, because \(alternative)")
        ))
    }
    return problems
  }
}
