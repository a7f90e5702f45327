// SPDX-License-Identifier: MIT
import MediaClock
import StreamEngine
import StreamEngineBench
import Testing

@Suite("TransmitEngine with echo: received audio is sent back")
struct EchoTests {
  private func media(_ frame: Int64) -> MediaFrame {
    EngineBench.mediaOffset.media(DeviceFrame(frame))
  }

  /// Receives twenty packets of the pattern from device frame 960 on. Returns the frames that sender 0 sends.
  private func reflected(
    _ packetTime: PacketTime, linkOffset: Int64, by bench: EngineBench
  ) -> [(frame: Int64, values: [Int32])] {
    bench.startReceiver(firstChannel: 8, linkOffset: linkOffset)
    bench.startSender(firstChannel: 8, packetTime: packetTime)
    var remote = RemoteSender(from: media(960))
    remote.frames = packetTime.frames
    let length = Int64(packetTime.frames)
    var sent: [(frame: Int64, values: [Int32])] = []
    for step in 0..<40 {
      bench.set(DeviceFrame(960 + length * Int64(step + 1)))
      if step < 20 { bench.deliver(remote.next()) }
      for packet in bench.packets() {
        let stamp = RTPTimestamp(header(packet.bytes).timestamp)
        let first = EngineBench.mediaOffset.device(stamp.frame(offset: 0, near: media(960)))
        for (index, values) in samples(packet.bytes, channels: 8).enumerated() {
          sent.append((first.index + Int64(index), values))
        }
      }
    }
    return sent
  }

  @Test(
    "A frame is sent exactly the link offset after it was sampled, with silence around it",
    arguments: [(PacketTime.us125, Int64(12)), (.us250, 24), (.ms1, 72)])
  func exact(packetTime: PacketTime, linkOffset: Int64) {
    let bench = EngineBench(echoes: true)
    let sent = reflected(packetTime, linkOffset: linkOffset, by: bench)
    #expect(sent.count > 20 * packetTime.frames)
    for (frame, values) in sent {
      let position = Int(frame - 960 - linkOffset)
      let isInside = (0..<20 * packetTime.frames).contains(position)
      #expect(values == (0..<8).map { isInside ? pattern(position, $0) : 0 }, "frame \(frame)")
    }
  }

  @Test("The echo is mixed with the playback of programs")
  func added() {
    let bench = EngineBench(echoes: true)
    let client = PlayingClient()
    client.write(4_800) { _, _ in 3 }
    client.start(at: DeviceFrame(0))
    bench.attach(client)
    for (frame, values) in reflected(.us250, linkOffset: 24, by: bench) {
      let position = Int(frame - 984)
      let isInside = (0..<240).contains(position)
      let expected = (0..<8).map { channel in
        min(0x7F_FFFF, 3 + (isInside ? pattern(position, channel) : 0))
      }
      #expect(values == expected, "frame \(frame)")
    }
  }

  @Test("The echo can be switched on and off while streams run")
  func switched() {
    let bench = EngineBench()
    bench.adjust(latenessFrames: 816, echoes: true)
    #expect(
      reflected(.us250, linkOffset: 24, by: bench).contains { $0.values.contains { $0 != 0 } })
    let other = EngineBench(echoes: true)
    other.adjust(latenessFrames: 816, echoes: false)
    #expect(
      reflected(.us250, linkOffset: 24, by: other).allSatisfy { $0.values.allSatisfy { $0 == 0 } })
  }

  @Test("Without the setting, nothing is sent back")
  func off() {
    let sent = reflected(.us250, linkOffset: 24, by: EngineBench())
    #expect(sent.allSatisfy { $0.values.allSatisfy { $0 == 0 } })
  }
}
