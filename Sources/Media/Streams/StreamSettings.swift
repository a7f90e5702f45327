// SPDX-License-Identifier: MIT
package import DaemonConfiguration
internal import LinuxIO
internal import MediaClock
internal import StreamEngine
internal import Synchronization

/// The settings of all senders in the transmit thread.
struct TransmitSettings: Equatable, Sendable {
  /// Packets that have been due for longer are dropped.
  let maxLatenessFrames: Int64
  /// True to send back the received audio.
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
  /// Applies the settings of all streams: interface, marking of packets, maximum lateness and echo. Settings
  /// that have not changed are not touched, and streams keep their SSRC, sequence numbers and timestamps.
  ///
  /// The streams themselves, whose defaults may depend on the settings, change one by one.
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
