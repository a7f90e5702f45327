// SPDX-License-Identifier: MIT
package import ControlAPI
package import LinuxIO
package import Logging
internal import ServiceLifecycle
internal import Synchronization

/// Serves the programs of this host until the daemon stops, on a thread of its own.
package final class ClientService: Service {
  private let owned: Owned
  private let wakeUp: WakeUp
  private let isStopping = Atomic<Bool>(false)
  private let snapshot = Mutex<[ClientStatus]>([])

  /// Makes the registry sendable; only the thread of ``run()`` uses it.
  private struct Owned: @unchecked Sendable {
    let registry: ClientRegistry
  }

  package init(
    _ listener: consuming ClientListener, device: DeviceMemory, mixer: any PlaybackMixer,
    log: Logger
  ) throws(SystemError) {
    wakeUp = try WakeUp()
    owned = Owned(registry: ClientRegistry(listener, device: device, mixer: mixer, log: log))
  }

  /// The clients, as of at most a tenth of a second ago.
  package var statuses: [ClientStatus] { snapshot.withLock { $0 } }

  package func run() async throws {
    let thread = try RealTimeThread(name: "clients", priority: 0) { [self] in
      while !isStopping.load(ordering: .acquiring) {
        owned.registry.round(wakeUp: wakeUp.descriptor)
        let statuses = owned.registry.statuses
        snapshot.withLock { $0 = statuses }
      }
      // Here, not when the registry is freed: the next daemon may have a socket of the same name by then.
      owned.registry.close()
    }
    try? await gracefulShutdown()
    isStopping.store(true, ordering: .releasing)
    wakeUp.signal()
    thread.join()
  }
}
