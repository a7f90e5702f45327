// SPDX-License-Identifier: MIT
import CSharedMemory
import Glibc
import Testing

/// A client of the daemon's socket that can send arbitrary bytes.
final class TestClient {
  let socket: Int32

  init(_ path: String) throws {
    socket = Glibc.socket(AF_UNIX, Int32(SOCK_SEQPACKET.rawValue | SOCK_CLOEXEC.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    unsafe withUnsafeMutableBytes(of: &address.sun_path) {
      unsafe $0.copyBytes(from: Array(path.utf8))
    }
    let size = socklen_t(MemoryLayout<sockaddr_un>.size)
    let answer = unsafe withUnsafePointer(to: address) {
      unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe connect(socket, $0, size)
      }
    }
    try #require(answer == 0)
  }

  deinit { close(socket) }

  /// The request of the plug-in for a stereo stream, modified by `change`.
  static func request(
    _ direction: aes67_direction = AES67_PLAYBACK, change: (inout aes67_request) -> Void = { _ in }
  ) -> [UInt8] {
    var request = aes67_request()
    request.magic = UInt32(AES67_MAGIC)
    request.abi = UInt32(AES67_ABI)
    request.kind = AES67_ATTACH.rawValue
    request.direction = direction.rawValue
    request.channels = 2
    request.period_frames = 480
    request.buffer_frames = 960
    unsafe withUnsafeMutableBytes(of: &request.name) {
      unsafe $0.copyBytes(from: Array("tester".utf8))
    }
    change(&request)
    return unsafe withUnsafeBytes(of: request) { unsafe Array($0) }
  }

  func send(_ bytes: [UInt8]) {
    unsafe #expect(Glibc.send(socket, bytes, bytes.count, 0) == bytes.count)
  }

  /// Sends a packet with `count` copies of a descriptor, which the daemon does not expect.
  func send(_ bytes: [UInt8], foreign descriptor: Int32, count: Int) {
    var bytes = bytes
    var control = [Int32](repeating: 0, count: 4 + (count + 1) / 2 * 2)
    control[0] = Int32(16 + 4 * count)  // cmsg_len, in 64 bits
    control[2] = SOL_SOCKET
    control[3] = 1  // SCM_RIGHTS
    for index in 0..<count { control[4 + index] = descriptor }
    let length = bytes.count
    let controlLength = 16 + (4 * count + 7) / 8 * 8
    let sent = unsafe bytes.withUnsafeMutableBytes { data in
      unsafe control.withUnsafeMutableBytes { control in
        var part = unsafe iovec(iov_base: data.baseAddress, iov_len: length)
        return unsafe withUnsafeMutablePointer(to: &part) { part in
          var message = unsafe msghdr(
            msg_name: nil, msg_namelen: 0, msg_iov: part, msg_iovlen: 1,
            msg_control: control.baseAddress, msg_controllen: controlLength, msg_flags: 0)
          return unsafe sendmsg(socket, &message, 0)
        }
      }
    }
    #expect(sent == length)
  }

  /// An answer of the daemon. Its descriptors are closed when the object is released.
  final class Reply {
    let error: Int32
    let slot: Int
    let reason: String
    let descriptors: [Int32]

    init(error: Int32, slot: Int, reason: String, descriptors: [Int32]) {
      self.error = error
      self.slot = slot
      self.reason = reason
      self.descriptors = descriptors
    }

    deinit {
      for descriptor in descriptors { close(descriptor) }
    }
  }

  /// Returns the pending answer; nil if there is none or the daemon has closed the connection.
  func receive() -> Reply? {
    var reply = aes67_reply()
    var control = [Int32](repeating: 0, count: 8)
    let size = MemoryLayout<aes67_reply>.size
    var controlLength = 0
    let length = unsafe withUnsafeMutableBytes(of: &reply) { data in
      unsafe control.withUnsafeMutableBytes { control in
        var part = unsafe iovec(iov_base: data.baseAddress, iov_len: size)
        return unsafe withUnsafeMutablePointer(to: &part) { part in
          var message = unsafe msghdr(
            msg_name: nil, msg_namelen: 0, msg_iov: part, msg_iovlen: 1,
            msg_control: control.baseAddress, msg_controllen: control.count, msg_flags: 0)
          let flags = Int32(MSG_DONTWAIT) | Int32(MSG_CMSG_CLOEXEC)
          let length = unsafe recvmsg(socket, &message, flags)
          controlLength = unsafe message.msg_controllen
          return length
        }
      }
    }
    guard length == size else { return nil }
    let count = controlLength < 16 ? 0 : (Int(control[0]) - 16) / 4
    let reason = unsafe withUnsafeBytes(of: reply.reason) {
      unsafe String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
    }
    return Reply(
      error: reply.error, slot: Int(reply.slot), reason: reason,
      descriptors: Array(control[4..<4 + count]))
  }

  /// True if the daemon has closed the connection.
  var isHungUp: Bool {
    var byte: UInt8 = 0
    return unsafe recv(socket, &byte, 1, Int32(MSG_DONTWAIT)) == 0
  }
}
