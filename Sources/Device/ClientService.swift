// SPDX-License-Identifier: MIT
package import ControlAPI
package import LinuxIO
package import Logging
internal import ServiceLifecycle
internal import Synchronization

/// Serves the programs of this host until the daemon stops, on a thread of its own.
package final class ClientService: Service {
  private let desk: Desk
  private let wakeUp: WakeUp
  private let isStopping = Atomic<Bool>(false)
  private let board = Mutex<[ClientStatus]>([])

  /// Only the thread of ``run()`` touches the desk.
  private struct Desk: @unchecked Sendable {
    let owned: ClientDesk
  }

  package init(
    _ listener: consuming ClientListener, device: DeviceMemory, mixer: any PlaybackMixer,
    log: Logger
  ) throws(SystemError) {
    wakeUp = try WakeUp()
    desk = Desk(owned: ClientDesk(listener, device: device, mixer: mixer, log: log))
  }

  /// The clients as they were at most a twentieth of a second ago.
  package var statuses: [ClientStatus] { board.withLock { $0 } }

  package func run() async throws {
    let thread = try RealTimeThread(name: "clients", priority: 0) { [self] in
      while !isStopping.load(ordering: .acquiring) {
        desk.owned.round(wakeUp: wakeUp.descriptor)
        let statuses = desk.owned.statuses
        board.withLock { $0 = statuses }
      }
    }
    try? await gracefulShutdown()
    isStopping.store(true, ordering: .releasing)
    wakeUp.signal()
    thread.join()
  }
}
