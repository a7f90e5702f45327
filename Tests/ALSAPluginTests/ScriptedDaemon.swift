// SPDX-License-Identifier: MIT
import CSharedMemory
import Glibc
import LinuxIO
import Testing

/// A temporary directory, removed when the object is released.
final class ScratchDirectory {
  let path: String

  init() {
    var template = Array("/tmp/aes67-plugin-XXXXXX".utf8CString)
    path = unsafe String(cString: mkdtemp(&template))
  }

  deinit {
    _ = unsafe unlink(path + "/clients.sock")
    _ = unsafe rmdir(path)
  }
}

/// The daemon's side of the client socket, which accepts and answers only when the test calls it.
@safe
final class ScriptedDaemon {
  /// The faults that the reply of a broken or hostile daemon may have.
  enum Fault: CaseIterable {
    case none, noDescriptors, oneDescriptor, smallDevice, smallClient, notMemory, anotherLayout
    case anotherClient, shortReply, wrongMagic, wildSlot, stoppedClock
  }

  private let listener: ClientListener
  private var connection: ClientConnection? = nil
  private let device: SharedMemory
  private var client: SharedMemory? = nil

  private var page: UnsafeMutablePointer<aes67_device> {
    unsafe device.base.bindMemory(to: aes67_device.self, capacity: 1)
  }

  init(in directory: ScratchDirectory) throws {
    listener = try ClientListener(path: directory.path + "/clients.sock", group: nil)
    device = try SharedMemory(name: "test device", byteCount: aes67_device_bytes())
    let page = unsafe self.page
    unsafe page.pointee.magic = UInt32(AES67_MAGIC)
    unsafe page.pointee.abi = UInt32(AES67_ABI)
    unsafe page.pointee.total_bytes = UInt64(aes67_device_bytes())
    unsafe page.pointee.sample_rate = UInt32(AES67_RATE)
    unsafe page.pointee.channels = UInt32(AES67_CHANNELS)
    unsafe page.pointee.ring_frames = UInt32(AES67_RING_FRAMES)
    unsafe aes67_device_set_start_grid(page, 48)
    unsafe withUnsafePointer(to: Stream.clock()) {
      unsafe aes67_clock_publish(aes67_device_clock(page), $0)
    }
  }

  func beat(_ now: Int64) { unsafe aes67_device_beat(page, now) }

  func accept() throws -> aes67_request {
    // Connections of earlier requests that timed out are still in the backlog: the last one is current.
    while let next = try listener.accept() { connection = consume next }
    var buffer = [UInt8](repeating: 0, count: MemoryLayout<aes67_request>.size)
    let reading = connection?.receive(into: &buffer)
    #expect(reading == .packet(length: buffer.count))
    return unsafe buffer.withUnsafeBytes { unsafe $0.loadUnaligned(as: aes67_request.self) }
  }

  func answer(_ request: aes67_request, _ fault: Fault = .none) throws {
    let direction = aes67_direction(request.direction)
    let bytes = aes67_client_bytes(direction, request.channels)
    let memory = try SharedMemory(
      name: "test client", byteCount: fault == .smallClient ? bytes - 1 : bytes)
    let page = unsafe memory.base.bindMemory(to: aes67_client.self, capacity: 1)
    unsafe page.pointee.magic = UInt32(AES67_MAGIC)
    unsafe page.pointee.abi = UInt32(AES67_ABI)
    unsafe page.pointee.total_bytes = UInt64(bytes)
    unsafe page.pointee.direction = request.direction
    unsafe page.pointee.channels = request.channels + (fault == .anotherClient ? 1 : 0)
    unsafe page.pointee.first_channel = request.first_channel
    let small = try SharedMemory(name: "test small", byteCount: 16_384)
    let null = FileDescriptor(owning: unsafe open("/dev/null", O_RDWR | O_CLOEXEC))
    if fault == .anotherLayout { unsafe self.page.pointee.ring_frames = 1024 }
    if fault == .stoppedClock { stopClock() }
    let readOnly = try device.openReadOnly()
    var descriptors = [readOnly.number, memory.writableDescriptor]
    switch fault {
    case .noDescriptors: descriptors = []
    case .oneDescriptor: descriptors.removeLast()
    case .smallDevice: descriptors[0] = small.writableDescriptor
    case .notMemory: descriptors[1] = null.number
    default: break
    }
    var reply = Self.reply(slot: fault == .wildSlot ? 1_000_000 : 5)
    if fault == .wrongMagic { reply.magic = 0 }
    try send(reply, descriptors: descriptors, short: fault == .shortReply)
    client = consume memory
  }

  func reply(abi: UInt32 = UInt32(AES67_ABI), error: Int32, reason: String) throws {
    var reply = Self.reply(slot: 0)
    reply.abi = abi
    reply.error = error
    unsafe withUnsafeMutableBytes(of: &reply.reason) {
      unsafe $0.copyBytes(from: Array(reason.utf8))
    }
    try send(reply, descriptors: [], short: false)
  }

  private static func reply(slot: UInt32) -> aes67_reply {
    var reply = aes67_reply()
    reply.magic = UInt32(AES67_MAGIC)
    reply.abi = UInt32(AES67_ABI)
    reply.slot = slot
    return reply
  }

  private func send(_ reply: aes67_reply, descriptors: [Int32], short: Bool) throws {
    let bytes = unsafe withUnsafeBytes(of: reply) { unsafe Array($0) }
    try connection?.send(Array(bytes.prefix(short ? 20 : bytes.count)), descriptors: descriptors)
  }

  private func stopClock() {
    var clock = Stream.clock()
    clock.rate = 0
    unsafe withUnsafePointer(to: clock) {
      unsafe aes67_clock_publish(aes67_device_clock(page), $0)
    }
  }
}
