// SPDX-License-Identifier: MIT
package import DaemonConfiguration
internal import LinuxIO
internal import MediaClock
internal import StreamEngine
internal import Synchronization

/// What holds for all senders in the transmit thread.
struct TransmitSettings: Equatable, Sendable {
  /// What is due longer is dropped.
  let maxLatenessFrames: Int64
  /// What is received is sent back.
  let echoes: Bool

  init(_ configuration: Configuration) {
    maxLatenessFrames = DeviceFormat.rate.frames(in: configuration.streams.maxLateness)
    echoes = configuration.device.echoes
  }
}

extension PacketMarking {
  init(_ network: Configuration.Network) {
    self.init(ttl: network.ttl, dscp: network.dscp, loopback: network.loopback)
  }
}

extension StreamService {
  /// Puts the settings of all streams in force: interface, marking of packets, greatest lateness and echo. What is
  /// as before is not touched, and streams keep their SSRC, numbers and stamps.
  ///
  /// The streams themselves, which have what the settings say as defaults, change one by one.
  package func apply(_ configuration: Configuration) {
    settings.withLock { settings in
      let new = TransmitSettings(configuration)
      guard new != settings else { return }
      settings = new
      mixer.push(
        .adjust(maximumLatenessFrames: new.maxLatenessFrames, echoes: new.echoes))
    }
    let network = configuration.network
    let moves = alter { table in
      table.senders.mark(PacketMarking(network))
      guard table.path.choice != network.interface.name else { return false }
      table.choose(network.interface)
      return true
    }
    if moves { followInterfaces() }
  }
}
