// SPDX-License-Identifier: MIT
package import Logging

/// A class of events that an administrator may search for, filter by and read about.
///
/// Each class has an identifier that never changes. `journalctl MESSAGE_ID=…` finds it in every version, and
/// `systemd/aes67.catalog` has its meaning and remedy (a test compares the two). Lines without a class are for
/// debugging. Record an event with ``Logging/Logger/record(_:_:_:)``. A new class needs a case, an identifier
/// of `systemd-id128 new`, a level, and an entry in the catalog.
package enum EventClass: CaseIterable, Sendable {
  // The daemon.
  case started, stopped, failed, configurationWrong, reloaded, reloadRefused
  case realTimeRefused, threadStalled, statusUnavailable
  case controlUnavailable, controlGroupMissing
  // The network.
  case interfaceFound, interfaceMissing
  // Streams.
  case streamWaits, streamSilent, streamNotReceivable, streamImpaired, streamRuns, streamDisturbed
  case alarmNotDelivered
  // The clock.
  case clockStarts, clockUnavailable, clockDoubtful, clockPortsShared, portState, grandmaster,
    locked, unlocked,
    rebased, stampsMissing
  // Programs of this host.
  case clientOpened, clientClosed, clientStarted, clientStopped, clientXrun, clientRefused
  case clientsUnavailable
  // Sessions of other devices.
  case sessionFound, sessionGone, sessionUnusable
  case announcementUnavailable, addressConflict, layoutNumber
  // State that survives a restart.
  case stateDamaged, stateUnavailable, overridesRefused

  /// The journal's MESSAGE_ID.
  package var identifier: String {
    switch self {
    case .started: "4a6d6aa8070c423fb1aa0259dbcfaab3"
    case .stopped: "5ad607386c084a16bee4cc5c73427f2d"
    case .failed: "3b3fbd27715f497b99927a5b6512b91c"
    case .configurationWrong: "76cf6bff0f664e868bf340e41f141e41"
    case .reloaded: "bbe9d9ad28624884bce0660d94845394"
    case .reloadRefused: "19a371813282484b8a2bcaf1dd800c88"
    case .realTimeRefused: "0670a17ff8a246ecbb1b9dc6ce99460b"
    case .threadStalled: "a6873d51ef204236a91d0d6bba8954c1"
    case .statusUnavailable: "d74b09ff854f498d8c98eb0f6abbb648"
    case .controlUnavailable: "a6abaf14d55e405ca62b42906c0d4ca3"
    case .controlGroupMissing: "19e0d8c46fb94a608c5a672c8985ff40"
    case .interfaceFound: "f0eb8e95196d469faffe10d026de44ef"
    case .interfaceMissing: "32ff8e75d49d48e6b57db26216601f0e"
    case .streamWaits: "be89cc40b2e743989204bbf3467c287a"
    case .streamSilent: "fe4f6adff4144d71b00bc0a09da2991e"
    case .streamNotReceivable: "98249dba7a81438bbdf88a87e3a73dc6"
    case .streamImpaired: "2e1db33ba3ef47f8bf0649c24aef2590"
    case .alarmNotDelivered: "8956e9b63d404c4e8d30e0c8702b3a9b"
    case .streamRuns: "02fa8d3428b24873b33ec718618efa00"
    case .streamDisturbed: "06821766916b4a089be43cd04f1f2292"
    case .clockStarts: "845e0c45cb40443cadc83eefd7ab8131"
    case .clockUnavailable: "1614a718fab94c5eb686c4288236f359"
    case .clockDoubtful: "c9543c62060c44399b92ed1771b1a9a6"
    case .clockPortsShared: "4962dfc5af8b4f679f3899d79dd50779"
    case .portState: "87fc5f93e24849ec9293e785f8c1b3c2"
    case .grandmaster: "ea074b6b4b7e4496b7c56d70def406d9"
    case .locked: "c33e917790284498be50c158a6ce2bbf"
    case .unlocked: "c3aadf87879a4adfa178941676d25450"
    case .rebased: "5436559e4ad44014adfb0430ed59050e"
    case .stampsMissing: "87e5e34cfb1144ff88bcea59a9e4ac2c"
    case .clientOpened: "bda202c276ef4e4989d8c4321d0113ab"
    case .clientClosed: "240e004f498248f4a05edea46723b840"
    case .clientStarted: "f4c6c48f5db446768536b690d7a10ce6"
    case .clientStopped: "8495fe0e46ba41b691fb7b84fa22d85e"
    case .clientXrun: "393600e81d4e412390327d0925517638"
    case .clientRefused: "9a60076287024b92a2c6d3b1083ba643"
    case .clientsUnavailable: "e17032dcda1346559f52ff84783be19a"
    case .sessionFound: "ba4b58c21bbd48c68c07e3346074c8dc"
    case .sessionGone: "614097bfebba4cc9862685b40de8cb3f"
    case .sessionUnusable: "9b2134f7ead84d51bb2a0e2d0d833145"
    case .stateDamaged: "5a759a8e0be34e6f8e0bd611fa9093e9"
    case .stateUnavailable: "1dbd0908a17942bc804e04dd2421e8ce"
    case .overridesRefused: "546fa086421749e1a833e9d3177e6da5"
    case .announcementUnavailable: "9ba646fcf30b4a738c3bd74ef51b286c"
    case .addressConflict: "ebcfa9394f0c423486e40ad9897f1763"
    case .layoutNumber: "325b45d9460044b5bf0fe361a2f9e203"
    }
  }

  package var level: Logger.Level {
    switch self {
    case .started, .stopped, .grandmaster, .locked, .reloaded, .streamRuns, .layoutNumber:
      .notice
    case .failed, .configurationWrong, .reloadRefused, .statusUnavailable, .clientsUnavailable,
      .controlUnavailable:
      .error
    case .threadStalled: .critical
    case .realTimeRefused, .controlGroupMissing, .interfaceMissing, .streamWaits, .streamSilent,
      .streamNotReceivable, .streamImpaired, .streamDisturbed, .alarmNotDelivered,
      .clockUnavailable, .clockDoubtful, .clockPortsShared, .unlocked, .rebased, .stampsMissing,
      .clientXrun,
      .clientRefused,
      .sessionUnusable, .announcementUnavailable, .addressConflict, .stateDamaged,
      .stateUnavailable, .overridesRefused:
      .warning
    case .interfaceFound, .clockStarts, .portState, .clientOpened, .clientClosed,
      .clientStarted, .clientStopped, .sessionFound, .sessionGone:
      .info
    }
  }
}

/// A fact of an event, which is a separate field in the journal, by which it can be filtered.
package enum EventField: String, CaseIterable, Sendable {
  /// The name of a sender or receiver; and which of both it is.
  case stream = "STREAM"
  case direction = "DIRECTION"
  /// The state of a stream: `silent`, `lossy`, `noNetwork`, ...
  case streamState = "STREAM_STATE"
  case address = "ADDRESS"
  /// The number of this host in the layout.
  case hostNumber = "HOST_NUMBER"
  case interface = "INTERFACE"
  case grandmaster = "GRANDMASTER"
  case clockState = "CLOCK_STATE"
  /// The name and the process of a program.
  case client = "CLIENT"
  case clientPID = "CLIENT_PID"
  case clientUID = "CLIENT_UID"
  case session = "SESSION"
  case thread = "THREAD"
  case reason = "REASON"
  case version = "AES67_VERSION"
  case configurationFile = "CONFIG_FILE"
  /// Counters since the start of the daemon or of the client's stream.
  case frames = "FRAMES"
  case xruns = "XRUNS"
  case lost = "PACKETS_LOST"
  case late = "PACKETS_LATE"
  case early = "PACKETS_EARLY"
  case dropped = "PACKETS_DROPPED"
  case sendErrors = "SEND_ERRORS"
}

extension Logger {
  /// The metadata key of the event's identifier, which becomes the field MESSAGE_ID.
  static let identifierKey = "MESSAGE_ID"

  /// Records an event: a sentence that is complete by itself, and its facts as fields.
  ///
  /// The handler summarizes repeated events about the same stream or client.
  package func record(
    _ event: EventClass, _ sentence: @autoclosure () -> String,
    _ fields: @autoclosure () -> [EventField: any CustomStringConvertible & Sendable] = [:],
    file: String = #fileID, function: String = #function, line: UInt = #line
  ) {
    guard logLevel <= event.level else { return }
    var metadata: Logger.Metadata = [Self.identifierKey: .string(event.identifier)]
    for (field, value) in fields() { metadata[field.rawValue] = .string(value.description) }
    log(
      level: event.level, "\(sentence())", metadata: metadata, source: nil, file: file,
      function: function, line: line)
  }
}
