// SPDX-License-Identifier: MIT
internal import Glibc

/// The processor time of one thread, as counted by the kernel.
public struct ThreadUse: Equatable, Sendable {
  public let name: String
  public let id: Int32
  public let processorNanoseconds: UInt64
  /// The time since the thread started.
  public let ageNanoseconds: UInt64

  /// The threads of this process, in the order in which they were started.
  public static func ofThisProcess() -> [ThreadUse] {
    let names = (try? Files.names(in: "/proc/self/task")) ?? []
    return names.compactMap { Int32($0) }.sorted().compactMap { ThreadUse(id: $0) }
  }

  /// Reads the processor time of a thread; nil if it has ended.
  private init?(id: Int32) {
    let directory = "/proc/self/task/\(id)/"
    guard let name = try? Files.read(directory + "comm"),
      let times = try? Files.read(directory + "schedstat"),
      let state = try? Files.read(directory + "stat"),
      let used = times.split(separator: " ").first.flatMap({ UInt64($0) }),
      // The name may contain spaces and parentheses; what follows it is numbers (proc(5)).
      let afterName = state.lastIndex(of: ")")
    else { return nil }
    let fields = state[afterName...].split(separator: " ")
    // Field 22 of the file; the name is field 2.
    guard fields.count > 20, let start = UInt64(fields[20]) else { return nil }
    self.name = String(name.prefix { $0 != "\n" })
    self.id = id
    processorNanoseconds = used
    let tick = 1_000_000_000 / UInt64(max(1, sysconf(Int32(_SC_CLK_TCK))))
    ageNanoseconds = Self.sinceBoot &- min(Self.sinceBoot, start &* tick)
  }

  private static var sinceBoot: UInt64 {
    var time = timespec()
    guard unsafe clock_gettime(CLOCK_BOOTTIME, &time) == 0 else { return 0 }
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
  }
}
