// SPDX-License-Identifier: MIT
internal import LinuxIO
internal import ServiceLifecycle
internal import UnixSignals

/// Reads the configuration again on SIGHUP, which `systemctl reload` sends.
struct ReloadService: Service {
  let manager: ConfigurationManager
  let notifier: ServiceNotifier

  func run() async {
    let signals = await UnixSignalsSequence(trapping: .sighup)
    for await _ in signals.cancelOnGracefulShutdown() {
      notifier.reloading()
      // Refused or not, it is in the log.
      _ = try? await manager.reload()
      notifier.reloaded()
    }
  }
}

/// Passes the number of this host to the layout's streams when it is determined, or when another host has it.
struct NumberService: Service {
  let manager: ConfigurationManager
  let numbers: AsyncStream<UInt8?>

  func run() async {
    for await number in numbers.cancelOnGracefulShutdown() { await manager.assign(number) }
  }
}
