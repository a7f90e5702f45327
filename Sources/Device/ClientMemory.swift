// SPDX-License-Identifier: MIT
internal import CSharedMemory
internal import ControlAPI
internal import LinuxIO
internal import Logging

/// One client's page, and its playback ring. The client writes it, and none of its values are trusted.
@safe
final class ClientMemory: @unchecked Sendable {
  // Safety: sized by us and sealed, so that no access faults; every field that the client may change
  // is atomic and read through the contract's accessors.
  private let memory: SharedMemory
  /// The page; valid as long as this object.
  @unsafe let page: UnsafeMutablePointer<aes67_client>

  init(
    direction: ClientStatus.Direction, channels: Int, firstChannel: Int
  ) throws(SystemError) {
    let kind = direction == .capture ? AES67_CAPTURE : AES67_PLAYBACK
    memory = try SharedMemory(
      name: "aes67-client", byteCount: aes67_client_bytes(kind, UInt32(channels)))
    unsafe page = memory.base.assumingMemoryBound(to: aes67_client.self)
    unsafe page.pointee.magic = UInt32(AES67_MAGIC)
    unsafe page.pointee.abi = UInt32(AES67_ABI)
    unsafe page.pointee.total_bytes = UInt64(memory.byteCount)
    unsafe page.pointee.direction = kind.rawValue
    unsafe page.pointee.channels = UInt32(channels)
    unsafe page.pointee.first_channel = UInt32(firstChannel)
  }

  var descriptor: Int32 { memory.writableDescriptor }

  /// Frees all of its pages, once no thread of the daemon reads them any more. The client may keep its
  /// descriptor, and otherwise the memory that is charged to us (assault F2).
  func empty(_ log: Logger) {
    do throws(SystemError) {
      try memory.empty()
    } catch {
      log.error("the memory of a client that is gone cannot be given back: \(error)")
    }
  }

  /// The present claims of the client.
  func read() -> ClientClaims {
    unsafe ClientClaims(
      running: aes67_client_running(page), startFrame: aes67_client_stream_start(page),
      frames: aes67_client_stream_frames(page), xruns: aes67_client_xruns(page),
      periodFrames: aes67_client_period_frames(page),
      bufferFrames: aes67_client_buffer_frames(page))
  }
}
