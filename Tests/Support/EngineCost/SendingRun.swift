// SPDX-License-Identifier: MIT
import CSharedMemory
import MediaClock
import RTP
import StreamEngine
import StreamEngineBench

/// Packets of all streams, as the transmit thread gets them from the engine while a program plays on all
/// channels.
struct SendingRun {
  private let bench = EngineBench()
  private let client = PlayingClient()
  private let frames: Int
  private let streams: Int
  private var count: Int64 = 0

  init(_ packetTime: PacketTime, streams: Int) {
    frames = packetTime.frames
    self.streams = streams
    for index in 0..<streams {
      bench.startSender(
        index, channels: EngineCost.channels, firstChannel: index * EngineCost.channels,
        packetTime: packetTime)
    }
    bench.attach(client)
    client.write(Int(AES67_RING_FRAMES)) { frame, channel in pattern(frame, channel) }
    bench.transmit.advance(to: bench.instant(of: bench.now))
  }

  mutating func run(_ rounds: Int64) {
    var memory = [UInt8](repeating: 0, count: TransmitEngine.packetCapacity)
    for _ in 0..<rounds {
      count += 1
      let end = count * Int64(frames)
      client.claim(start: 0, through: UInt64(end))
      bench.set(DeviceFrame(end))
      bench.transmit.advance(to: bench.instant(of: bench.now))
      for _ in 0..<streams {
        var span = memory.mutableSpan
        var bytes = unsafe span.mutableBytes
        guard let packet = bench.transmit.nextPacket(into: &bytes) else {
          preconditionFailure("each stream has a packet due")
        }
        precondition(packet.length == RTPHeader.size + frames * EngineCost.channels * 3)
      }
    }
  }
}
