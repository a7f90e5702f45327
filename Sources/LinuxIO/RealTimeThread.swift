// SPDX-License-Identifier: MIT
internal import CLinux
internal import Glibc

internal import struct SystemPackage.Errno

/// A thread for media: SCHED_FIFO if the system allows it, with a small stack that is resident before the body
/// starts.
public final class RealTimeThread: @unchecked Sendable {
  /// The scheduling of the thread by the kernel.
  public enum Scheduling: Equatable, Sendable {
    case fifo(priority: Int32)
    /// Priority 0 was requested.
    case ordinary
    /// The thread runs, but other programs may delay it.
    case refused(priority: Int32, error: SystemError)
  }

  public static var defaultStackBytes: Int { 512 * 1024 }

  public let name: String
  public let scheduling: Scheduling
  private let thread: pthread_t

  /// Runs `body` once on a thread of its own.
  ///
  /// - Parameters:
  ///   - name: the name in `top -H`; 15 bytes at most.
  ///   - priority: the SCHED_FIFO priority, 1 to 98; 0 for ordinary scheduling.
  ///   - stackBytes: small, because a locked process keeps all of it in memory, and with the default of 8 MiB
  ///     `pthread_create` fails under a common MEMLOCK limit.
  public init(
    name: String, priority: Int32, stackBytes: Int = RealTimeThread.defaultStackBytes,
    body: @escaping @Sendable () -> Void
  ) throws(SystemError) {
    self.name = name
    var refusal: SystemError?
    if priority > 0 {
      do throws(SystemError) {
        thread = try Self.create(name, priority, stackBytes, isUrgent: true, body)
        scheduling = .fifo(priority: priority)
        return
      } catch {
        guard error.code == .notPermitted else { throw error }
        refusal = error
      }
    }
    thread = try Self.create(name, 0, stackBytes, isUrgent: priority > 0, body)
    scheduling = refusal.map { .refused(priority: priority, error: $0) } ?? .ordinary
  }

  /// Waits for the end of the body. May be called once.
  public func join() {
    _ = pthread_join(thread, nil)
  }

  /// The argument of the new thread; it lives from `pthread_create` to the end of the body.
  private final class Start {
    let name: String
    let touchedStackBytes: Int
    let body: @Sendable () -> Void

    init(name: String, touchedStackBytes: Int, body: @escaping @Sendable () -> Void) {
      self.name = name
      self.touchedStackBytes = touchedStackBytes
      self.body = body
    }

    func run() {
      // Name, timer slack and touched pages are improvements: nothing depends on their success.
      _ = unsafe clinux_name_thread(name)
      _ = clinux_set_timer_slack(1)
      clinux_prefault_stack(touchedStackBytes)
      body()
    }
  }

  private static func create(
    _ name: String, _ priority: Int32, _ stackBytes: Int, isUrgent: Bool,
    _ body: @escaping @Sendable () -> Void
  ) throws(SystemError) -> pthread_t {
    var attributes = pthread_attr_t()
    try unsafe checked(.threadAttributes, name, code: pthread_attr_init(&attributes))
    defer { _ = unsafe pthread_attr_destroy(&attributes) }
    try unsafe checked(
      .threadStackSize, name, code: pthread_attr_setstacksize(&attributes, stackBytes))
    if priority > 0 {
      var parameters = sched_param(sched_priority: priority)
      let inherit = Int32(PTHREAD_EXPLICIT_SCHED)
      unsafe pthread_attr_setinheritsched(&attributes, inherit)
      unsafe pthread_attr_setschedpolicy(&attributes, SCHED_FIFO)
      try unsafe checked(
        .threadPriority, "\(name) to \(priority)",
        code: pthread_attr_setschedparam(&attributes, &parameters))
    }
    // The C library itself needs the last pages of the stack. A thread of ordinary priority may
    // wait for its pages.
    let start = Start(
      name: name, touchedStackBytes: isUrgent ? stackBytes / 4 * 3 : 0, body: body)
    // Safety: retained here, released by the thread, or below when there will be no thread.
    let box = unsafe Unmanaged.passRetained(start)
    var thread = pthread_t()
    let code = unsafe pthread_create(
      &thread, &attributes,
      { argument in
        guard let argument = unsafe argument else { return nil }
        unsafe Unmanaged<Start>.fromOpaque(argument).takeRetainedValue().run()
        return nil
      }, box.toOpaque())
    if code != 0 { unsafe box.release() }
    try checked(.threadCreate, name, code: code)
    return thread
  }
}
