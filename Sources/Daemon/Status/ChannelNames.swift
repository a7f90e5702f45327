// SPDX-License-Identifier: MIT
internal import ControlAPI
internal import Device
internal import Synchronization

/// Keeps the names of the device's channels in the device page, where ALSA's control programs read them.
final class ChannelNames: Sendable {
  private struct State {
    var announced = AnnouncedChannelNames()
    var shown = ChannelLabels()
  }

  private let device: DeviceMemory
  private let state = Mutex(State())

  init(_ device: DeviceMemory) { self.device = device }

  /// What is announced now; nil when nothing is known any more.
  func hear(_ sessions: SessionsStatus?) {
    let announced = AnnouncedChannelNames(sessions?.sessions.flatMap(\.streams) ?? [])
    state.withLock { $0.announced = announced }
  }

  /// The same as `collect`, and publishes the names that follow from the streams of each status.
  func following(
    _ collect: @escaping @Sendable () -> DaemonStatus
  ) -> @Sendable () -> DaemonStatus {
    {
      let status = collect()
      self.show(status)
      return status
    }
  }

  private func show(_ status: DaemonStatus) {
    state.withLock { state in
      let labels = ChannelLabels(
        senders: status.senders, receivers: status.receivers, announced: state.announced)
      guard labels != state.shown else { return }
      state.shown = labels
      device.publish(labels)
    }
  }
}
