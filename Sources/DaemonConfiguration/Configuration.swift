// SPDX-License-Identifier: MIT
internal import Addressing
internal import PTP

/// The content of the configuration file, with the layout expanded into senders and receivers.
///
/// A value that was read is valid: a file with mistakes is refused.
package struct Configuration: Equatable, Sendable {
  /// The profile that supplies the values that the file does not set; empty for none.
  package var profile = Configuration.usualProfile
  package var layout = Layout()
  /// The results of the layout's automatic settings.
  package private(set) var assignment = LayoutAssignment()
  package var network = Network()
  /// Defaults for every stream.
  package var streams = StreamDefaults()
  package var senders: [SenderConfiguration] = []
  package var receivers: [ReceiverConfiguration] = []
  /// True if the senders, or the receivers, are those of the layout's numbers.
  package var hasLayoutSenders = true
  package var hasLayoutReceivers = true
  package var networkClock = NetworkClock()
  package var clock = Clock()
  package var realTime = RealTime()
  package var device = Device()
  package var control = Control()
  package var alarms = Alarms()
  package var log = Log()

  /// The default profile. It has the daemon's own defaults, so that its file need not exist.
  package static let usualProfile = "interop"

  /// The configuration without a file: the default layout of the first host.
  package init() {
    senders = layoutSenders
    receivers = layoutReceivers
  }
}

extension Configuration {
  /// The number of this host in the layout; nil while it is being determined.
  package var hostNumber: UInt8? { layout.host ?? assignment.number }
  /// The number of this host; the likely one while it is being determined.
  package var likelyHostNumber: UInt8 { hostNumber ?? assignment.likelyNumber }
  /// The number of the host whose streams the layout's receivers receive.
  package var remoteHost: UInt8 { layout.remoteHost(of: likelyHostNumber) }

  /// Sets the results of the layout's automatic settings.
  package mutating func assign(_ assignment: LayoutAssignment) {
    self.assignment = assignment
    if hasLayoutSenders { senders = layoutSenders }
    if hasLayoutReceivers { receivers = layoutReceivers }
  }

  package func assigned(_ assignment: LayoutAssignment) -> Configuration {
    var configuration = self
    configuration.assign(assignment)
    return configuration
  }

  /// The configuration with the likely number, which identifies streams before the number is confirmed.
  package var likely: Configuration {
    var assignment = assignment
    assignment.number = likelyHostNumber
    return assigned(assignment)
  }

  /// The senders that follow from the layout's numbers. Without a number they wait.
  var layoutSenders: [SenderConfiguration] {
    (0..<layout.streams).map { index in
      var sender = SenderConfiguration(network, streams)
      sender.name =
        automaticName.map { "\($0) \(index + 1)" }
        ?? "host \(likelyHostNumber) stream \(index + 1)"
      sender.address =
        hostNumber.map { layout.address(ofHost: $0, stream: index + 1) } ?? .any
      sender.channels = layout.channels
      sender.firstChannel = 1 + index * layout.channels
      return sender
    }
  }

  /// The receivers that follow from the layout's numbers.
  var layoutReceivers: [ReceiverConfiguration] {
    (0..<layout.streams).map { index in
      var receiver = ReceiverConfiguration(network, streams)
      // The number may change, but the receiver stays the same.
      receiver.name =
        automaticName == nil
        ? "host \(remoteHost) stream \(index + 1)" : "remote \(index + 1)"
      receiver.address = layout.address(ofHost: remoteHost, stream: index + 1)
      receiver.channels = layout.channels
      receiver.firstChannel = 1 + index * layout.channels
      receiver.yields = true
      return receiver
    }
  }

  /// The name of the streams, if their numbers mean nothing to users.
  private var automaticName: String? { layout.host == nil ? assignment.name : nil }

  /// Conflicts between sections, each with the section that reports it.
  var crossProblems: [(section: String, error: ValidationError)] {
    var problems: [(String, ValidationError)] = []
    if let host = layout.host, layout.chosenRemoteHost == host, !network.loopback {
      problems.append(
        (
          "layout",
          ValidationError(
            keys: ["remote-host"],
            message: "\(host) is this host, which receives its own streams only with"
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
