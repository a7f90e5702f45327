// SPDX-License-Identifier: MIT
import Dispatch
import Glibc
import LinuxIO
import Testing

import struct SystemPackage.Errno

@Suite(.serialized) struct MemoryLockTests {
  /// One mapping in `/proc/self/smaps`.
  private struct Mapping {
    let permissions: Substring
    let file: Substring
    var byteCount = 0
    var residentBytes = 0
  }

  private func mappings() throws -> [Mapping] {
    var found: [Mapping] = []
    for line in try Files.read("/proc/self/smaps").split(separator: "\n") {
      let fields = line.split(separator: " ")
      if fields[0].contains("-") {
        found.append(Mapping(permissions: fields[1], file: fields.count > 5 ? fields[5] : ""))
      } else if fields[0] == "Size:" {
        found[found.count - 1].byteCount = Int(fields[1])! * 1024
      } else if fields[0] == "Rss:" {
        found[found.count - 1].residentBytes = Int(fields[1])! * 1024
      }
    }
    return found
  }

  private func code(of library: String) throws -> [Mapping] {
    try mappings().filter { mapping in
      let name = mapping.file.split(separator: "/").last ?? ""
      return mapping.permissions.hasPrefix("r-x") && name.hasPrefix(library)
    }
  }

  @Test(arguments: ["libc.so", "libm.so"])
  func codeOfTheMediaThreadsIsResident(library: String) throws {
    // Only pages that this process maps are counted as resident.
    let before = try code(of: library)
    try #require(!before.isEmpty)
    #expect(MemoryLock.populateCode() > before.reduce(0) { $0 + $1.byteCount })
    for mapping in try code(of: library) { #expect(mapping.residentBytes == mapping.byteCount) }
  }

  @Test func otherCodeIsReleasedAndCodeOfTheMediaThreadsStays() throws {
    MemoryLock.populateCode()
    let others = try code(of: "libdispatch.so").reduce(0) { $0 + $1.byteCount }
    try #require(others > 0)
    #expect(MemoryLock.releaseOtherCode() >= others)
    for mapping in try code(of: "libc.so") + code(of: "libm.so") {
      #expect(mapping.residentBytes == mapping.byteCount)
    }
    // Released code is loaded again when it runs.
    #expect(DispatchQueue(label: "again").sync { 1 } == 1)
  }

  @Test func lockingMakesNothingElseResident() throws {
    let byteCount = 32 << 20
    let untouched = unsafe mmap(
      nil, byteCount, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
    guard let start = unsafe untouched, unsafe start != MAP_FAILED else {
      Issue.record("no memory to test with")
      return
    }
    defer {
      _ = munlockall()
      _ = unsafe munmap(start, byteCount)
    }
    do {
      try MemoryLock.lockAll()
    } catch {
      #expect(error.code == .notPermitted)
      return
    }
    var pages = [UInt8](repeating: 0, count: byteCount / Int(sysconf(Int32(_SC_PAGESIZE))))
    try unsafe #require(mincore(start, byteCount, &pages) == 0)
    #expect(!pages.contains { $0 & 1 == 1 })
    // A page that is written afterwards is resident.
    unsafe start.storeBytes(of: 1, as: UInt8.self)
    try unsafe #require(mincore(start, byteCount, &pages) == 0)
    #expect(pages[0] & 1 == 1)
  }
}
