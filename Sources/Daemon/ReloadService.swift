// SPDX-License-Identifier: MIT
internal import LinuxIO
internal import ServiceLifecycle
internal import UnixSignals

/// Reads the configuration again on SIGHUP, as `systemctl reload` sends it.
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

/// Gives the streams of the layout the number of this host when that is found out, or is another host's.
struct NumberService: Service {
  let manager: ConfigurationManager
  let numbers: AsyncStream<UInt8?>

  func run() async {
    for await number in numbers.cancelOnGracefulShutdown() { await manager.assign(number) }
  }
}
