// SPDX-License-Identifier: MIT
internal import CSharedMemory
internal import ControlAPI
internal import Glibc
internal import Notation

/// The reason why a client is refused, in words for its user.
struct ClientRefusal: Error, Equatable {
  /// An `errno` value of the contract.
  let code: Int32
  let reason: String
}

/// A client's request, with every number checked.
struct ClientRequest: Equatable {
  enum Kind: Equatable {
    /// Reads only the device page.
    case observe
    case attach(
      ClientStatus.Direction, channels: Int, firstChannel: Int, periodFrames: UInt32,
      bufferFrames: UInt32)
  }

  let kind: Kind
  /// The name of the program; printable, never empty.
  let program: String

  /// The size of a valid request in bytes.
  static let size = MemoryLayout<aes67_request>.size

  /// - Parameters:
  ///   - bytes: at least `size` bytes, of which the first `length` are the packet.
  ///   - length: the packet's length, which may be more.
  init(parsing bytes: [UInt8], length: Int) throws(ClientRefusal) {
    let raw = unsafe bytes.withUnsafeBytes {
      // Safety: any bits make a valid request, and there is room for one.
      unsafe $0.loadUnaligned(as: aes67_request.self)
    }
    guard length >= 8, raw.magic == UInt32(AES67_MAGIC) else {
      throw ClientRefusal(
        code: EINVAL,
        reason:
          "this is not a request of the ALSA plug-in aes67, the only program that may use this socket"
      )
    }
    guard raw.abi == UInt32(AES67_ABI) else {
      throw ClientRefusal(
        code: EPROTONOSUPPORT,
        reason: "the plug-in speaks version \(raw.abi), aes67d version \(AES67_ABI): install both"
          + " of one release, then restart aes67d and this program")
    }
    guard length == Self.size else {
      throw ClientRefusal(
        code: EINVAL, reason: "the request has \(length) bytes instead of \(Self.size)")
    }
    program = Self.program(raw)
    switch raw.kind {
    case AES67_OBSERVE.rawValue: kind = .observe
    case AES67_ATTACH.rawValue: kind = try Self.attach(raw)
    default: throw ClientRefusal(code: EINVAL, reason: "unknown kind of request \(raw.kind)")
    }
  }

  private static func attach(_ raw: aes67_request) throws(ClientRefusal) -> Kind {
    let limit = UInt32(AES67_CHANNELS)
    guard (1...limit).contains(raw.channels), raw.first_channel < limit,
      raw.first_channel + raw.channels <= limit
    else {
      throw ClientRefusal(
        code: EINVAL,
        reason: "\(raw.channels) channels from \(UInt64(raw.first_channel) + 1) do not fit; the"
          + " device has channels 1 to \(limit)")
    }
    guard raw.buffer_frames <= UInt32(AES67_BUFFER_FRAMES_MAX),
      raw.period_frames <= raw.buffer_frames
    else {
      throw ClientRefusal(
        code: EINVAL,
        reason: "a period of \(raw.period_frames) and a buffer of \(raw.buffer_frames) frames are"
          + " not possible; a buffer has up to \(AES67_BUFFER_FRAMES_MAX)")
    }
    let direction: ClientStatus.Direction
    switch raw.direction {
    case AES67_PLAYBACK.rawValue: direction = .playback
    case AES67_CAPTURE.rawValue: direction = .capture
    default: throw ClientRefusal(code: EINVAL, reason: "unknown direction \(raw.direction)")
    }
    return .attach(
      direction, channels: Int(raw.channels), firstChannel: Int(raw.first_channel),
      periodFrames: raw.period_frames, bufferFrames: raw.buffer_frames)
  }

  /// The name up to its end, without characters that could harm a terminal or a log.
  private static func program(_ raw: aes67_request) -> String {
    let name = unsafe withUnsafeBytes(of: raw.name) { unsafe Array($0.prefix { $0 != 0 }) }
    return name.isEmpty ? "program" : String(decoding: name, as: UTF8.self).printable
  }
}

/// The answer to a request on the socket.
enum ClientReply {
  static func accepted(slot: Int) -> [UInt8] {
    encode(error: 0, slot: UInt32(slot), reason: "")
  }

  static func refused(_ refusal: ClientRefusal) -> [UInt8] {
    encode(error: refusal.code, slot: 0, reason: refusal.reason)
  }

  private static func encode(error: Int32, slot: UInt32, reason: String) -> [UInt8] {
    var reply = aes67_reply()
    reply.magic = UInt32(AES67_MAGIC)
    reply.abi = UInt32(AES67_ABI)
    reply.error = error
    reply.slot = slot
    // The last byte stays 0: the reason is terminated.
    let text = Array(reason.utf8.prefix(Int(AES67_REASON_BYTES) - 1))
    unsafe withUnsafeMutableBytes(of: &reply.reason) { unsafe $0.copyBytes(from: text) }
    return unsafe withUnsafeBytes(of: reply) { unsafe Array($0) }
  }
}
