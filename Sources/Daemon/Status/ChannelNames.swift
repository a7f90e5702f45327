// SPDX-License-Identifier: MIT
internal import ControlAPI
internal import Device
internal import Synchronization

/// Publishes the names of the device's channels in the device page, where ALSA's control programs read them.
final class ChannelNames: Sendable {
  private struct State {
    var announced = AnnouncedChannelNames()
    var shown = ChannelLabels()
  }

  private let device: DeviceMemory
  private let state = Mutex(State())

  init(_ device: DeviceMemory) { self.device = device }

  /// Takes the announced sessions; nil if none are known any more.
  func hear(_ sessions: SessionsStatus?) {
    let announced = AnnouncedChannelNames(sessions?.sessions.flatMap(\.streams) ?? [])
    state.withLock { $0.announced = announced }
  }

  /// A reader of the status like `collect`, which also publishes the names that follow from its streams.
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
