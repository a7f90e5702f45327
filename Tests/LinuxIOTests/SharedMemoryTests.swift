// SPDX-License-Identifier: MIT
import Glibc
import LinuxIO
import Testing

@Suite struct SharedMemoryTests {
  @Test func isZeroedAndWritable() throws {
    let memory = try SharedMemory(name: "test", byteCount: 8192)
    unsafe #expect(memory.base.load(fromByteOffset: 8184, as: UInt64.self) == 0)
    unsafe memory.base.storeBytes(of: 42, toByteOffset: 8184, as: UInt64.self)
    unsafe #expect(memory.base.load(fromByteOffset: 8184, as: UInt64.self) == 42)
  }

  @Test func keepsItsSize() throws {
    let memory = try SharedMemory(name: "test", byteCount: 8192)
    for size in [0, 4096, 16384] {
      #expect(ftruncate(memory.writableDescriptor, size) == -1)
      #expect(errno == EPERM)
    }
  }

  @Test func cannotBeMappedForWritingThroughTheReadOnlyDescriptor() throws {
    let memory = try SharedMemory(name: "test", byteCount: 4096)
    let descriptor = try memory.openReadOnly()
    let writable = unsafe mmap(
      nil, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor.number, 0)
    unsafe #expect(writable == MAP_FAILED)
    #expect(errno == EACCES)

    let readable = unsafe mmap(nil, 4096, PROT_READ, MAP_SHARED, descriptor.number, 0)
    unsafe #expect(readable != MAP_FAILED)
    unsafe #expect(mprotect(readable, 4096, PROT_READ | PROT_WRITE) == -1)
    unsafe memory.base.storeBytes(of: 7, as: UInt32.self)
    unsafe #expect(readable?.load(as: UInt32.self) == 7)
    unsafe munmap(readable, 4096)
  }

  private func pages(of memory: borrowing SharedMemory) -> Int {
    var status = stat()
    _ = unsafe fstat(memory.writableDescriptor, &status)
    return Int(status.st_blocks) * 512 / 4096
  }

  /// Assault F14: every page is allocated from the beginning, regardless of how the process locks its memory.
  @Test(arguments: [1, 4096, 4097, 8 << 20])
  func everyPageIsAllocatedFromTheBeginning(byteCount: Int) throws {
    let memory = try SharedMemory(name: "test", byteCount: byteCount)
    #expect(pages(of: memory) == (byteCount + 4095) / 4096)
  }

  /// Assault F2: emptied memory that another process still holds uses no pages, and reads as zeroes.
  @Test func emptiedMemoryUsesNoPages() throws {
    let memory = try SharedMemory(name: "test", byteCount: 1 << 20)
    let kept = dup(memory.writableDescriptor)
    defer { close(kept) }
    unsafe memory.base.storeBytes(of: 42, toByteOffset: 4096, as: UInt64.self)
    try memory.empty()
    #expect(pages(of: memory) == 0)
    var byte: UInt8 = 1
    #expect(unsafe pread(kept, &byte, 1, 4096) == 1)
    #expect(byte == 0)
    var status = stat()
    _ = unsafe fstat(kept, &status)
    #expect(status.st_size == 1 << 20)
  }

  @Test func aMappingOutlivesTheOwner() throws {
    let mapping = try {
      let memory = try SharedMemory(name: "test", byteCount: 4096)
      unsafe memory.base.storeBytes(of: 9, as: UInt32.self)
      return unsafe mmap(nil, 4096, PROT_READ, MAP_SHARED, memory.writableDescriptor, 0)
    }()
    unsafe #expect(mapping?.load(as: UInt32.self) == 9)
    unsafe munmap(mapping, 4096)
  }
}
