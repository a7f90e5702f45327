// SPDX-License-Identifier: MIT
internal import CLinux

internal import struct SystemPackage.Errno

/// Up to 64 datagrams that one kernel call sends or receives.
@safe
public struct PacketBatch: ~Copyable {
  public static var capacity: Int {
    @_noLocks @_noAllocation get { Int(CLINUX_BATCH_PACKETS) }
  }

  // Safety: made here, destroyed in deinit, never handed out.
  private let batch: OpaquePointer

  /// - Throws: `ENOMEM`.
  public init() throws(SystemError) {
    guard let batch = unsafe clinux_batch_create() else {
      throw SystemError(call: .allocate, code: .noMemory, subject: "a batch of packets")
    }
    unsafe self.batch = unsafe batch
  }

  deinit { unsafe clinux_batch_destroy(batch) }

  /// The memory of packet `index`, for as long as the batch lives.
  ///
  /// A pointer, because a closure that captures its surroundings counts references, which the
  /// real-time proof refuses.
  @unsafe @_noLocks @_noAllocation
  public func packet(_ index: Int) -> UnsafeMutableRawBufferPointer {
    unsafe UnsafeMutableRawBufferPointer(
      start: clinux_batch_packet(batch, Int32(index)), count: Int(CLINUX_PACKET_BYTES))
  }

  /// The bytes of received packet `index`, until the next call of `receive`.
  @unsafe @_noLocks @_noAllocation
  public func received(_ index: Int) -> UnsafeRawBufferPointer {
    unsafe UnsafeRawBufferPointer(
      start: clinux_batch_packet(batch, Int32(index)),
      count: Int(clinux_batch_length(batch, Int32(index))))
  }

  /// The source of received packet `index`: IPv4 address and port, in host order.
  @_noLocks @_noAllocation
  public func source(_ index: Int) -> (address: UInt32, port: UInt16) {
    unsafe (
      clinux_batch_source(batch, Int32(index)), clinux_batch_source_port(batch, Int32(index))
    )
  }

  /// Sets the destination and the length of packet `index`.
  @_noLocks @_noAllocation
  public func address(_ index: Int, to address: UInt32, port: UInt16, length: Int) {
    unsafe clinux_batch_address(batch, Int32(index), address, port, Int32(length))
  }

  /// Sets the length of packet `index`, which goes to the address to which its socket is connected.
  @_noLocks @_noAllocation
  public func connect(_ index: Int, length: Int) {
    unsafe clinux_batch_connected(batch, Int32(index), Int32(length))
  }

  /// Sends packets `first..<first + count` on `socket`. Returns the number of sent packets, or a negative errno
  /// for the first.
  @_noLocks @_noAllocation
  public func send(on socket: Int32, from first: Int, count: Int) -> Int {
    unsafe Int(clinux_batch_send(batch, socket, Int32(first), Int32(count)))
  }

  /// Receives the packets that wait on `socket`, at most `limit`. Returns their number, or a negative errno.
  @_noLocks @_noAllocation
  public func receive(on socket: Int32, limit: Int = capacity) -> Int {
    unsafe Int(clinux_batch_receive(batch, socket, Int32(limit)))
  }
}
