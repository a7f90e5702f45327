// SPDX-License-Identifier: MIT
internal import DaemonConfiguration
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
