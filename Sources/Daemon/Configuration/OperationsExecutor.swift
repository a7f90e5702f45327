// SPDX-License-Identifier: MIT
internal import Dispatch

/// Runs operations that change the daemon one after the other, on a thread that may wait for a media thread or
/// a disk. Threads of the concurrency pool, which answer requests, never wait for them.
final class OperationsExecutor: SerialExecutor {
  private let queue = DispatchQueue(label: "operations")

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    queue.async { unsafe job.runSynchronously(on: self.asUnownedSerialExecutor()) }
  }
}
