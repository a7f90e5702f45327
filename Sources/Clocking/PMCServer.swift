// SPDX-License-Identifier: MIT
internal import LinuxIO
internal import Logging
internal import MediaClock
internal import PTP

internal import struct SystemPackage.Errno

/// Answers `pmc` and other managers on ptp4l's local socket: passes their requests to the clock, one at a time,
/// and the replies back (MGT-02).
///
/// Programs that may open the device may ask. One that asks without end is delayed, so that the clock keeps the
/// thread for itself.
struct PMCServer: ~Copyable {
  /// The address of the last requester: no IPv4 address is that large.
  static let peer = Peer(address: 1 << 32)
  /// The number of requests before a pause.
  private static let maximumQuestions = 16
  private static let rest = Interval.milliseconds(250)

  private var socket: ManagementSocket
  private let log: Logger
  private var buffer = [UInt8](repeating: 0, count: 2048)
  private var asking: ManagementSocket.Peer?
  private var taken = 0
  private var restsUntil = MonotonicInstant(nanoseconds: 0)
  private var hasComplained = false

  /// Opens the socket; logs the failure and returns nil if that is impossible.
  init?(path: String, group: String, log: Logger) {
    do throws(ClientListener.Failure) {
      socket = try ManagementSocket(path: path, group: group)
    } catch {
      log.warning("pmc and PipeWire cannot ask the PTP clock: \(error)")
      return nil
    }
    self.log = log
  }

  /// Opens the socket again if its file was removed. Called about once a second.
  mutating func restore() {
    do throws(SystemError) {
      try socket.restore()
    } catch {
      log.debug("pmc cannot ask the PTP clock for now: \(error)")
    }
  }

  /// The descriptor to wait for; -1 during a pause.
  func descriptor(at now: MonotonicInstant) -> Int32 {
    now < restsUntil ? -1 : socket.descriptor
  }

  /// The next request, which must be answered before another one is read.
  mutating func next(at now: MonotonicInstant) -> [UInt8]? {
    guard now >= restsUntil, let (count, peer) = socket.receive(into: &buffer) else {
      taken = 0
      return nil
    }
    taken += 1
    if taken >= Self.maximumQuestions {
      taken = 0
      restsUntil = now + Self.rest
    }
    asking = peer
    return Array(buffer.prefix(count))
  }

  /// Answers the last requester.
  mutating func answer(_ bytes: [UInt8]) {
    guard let asking else { return }
    do throws(SystemError) {
      try socket.send(bytes, to: asking)
    } catch {
      // Only its own user can access pmc's socket.
      guard error.code == .permissionDenied, !hasComplained else { return }
      hasComplained = true
      let line =
        "cannot answer at \(asking.path), which belongs to another user; run pmc as this daemon's user"
        + " with its socket here: sudo -u aes67 pmc -u -i /run/aes67/pmc -s \(socket.path)"
      log.warning("\(line)")
    }
  }
}
