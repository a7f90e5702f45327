// SPDX-License-Identifier: MIT
internal import ControlAPI
internal import DaemonConfiguration
internal import LinuxIO

extension RealTimeStatus {
  /// Locks the process in memory, and tests whether threads can be real-time threads.
  static func establish(_ settings: Configuration.RealTime) -> RealTimeStatus {
    var reasons: [String] = []
    if settings.locksMemory {
      do {
        try MemoryLock.lockAll()
      } catch {
        reasons.append("the memory is not locked (\(error)): set LimitMEMLOCK=infinity")
      }
    } else {
      reasons.append("real-time.lock-memory is false")
    }
    if settings.priority > 0 {
      do {
        let trial = try RealTimeThread(name: "trial", priority: settings.priority) {}
        trial.join()
        if case .refused(let priority, let error) = trial.scheduling {
          reasons.append(
            "no SCHED_FIFO priority (\(error)): set LimitRTPRIO=\(priority) or grant CAP_SYS_NICE")
        }
      } catch {
        reasons.append("no real-time threads (\(error))")
      }
    } else {
      reasons.append("real-time.priority is 0")
    }
    return RealTimeStatus(
      mode: reasons.isEmpty ? .fifo : .degraded, reason: reasons.joined(separator: "; "))
  }
}
