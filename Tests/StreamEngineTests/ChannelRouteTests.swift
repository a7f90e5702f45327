// SPDX-License-Identifier: MIT
import MediaClock
import RTP
import RealTime
import StreamEngine
import StreamEngineBench
import Testing

@Suite("Any channel of a stream to and from any channel of the device (AES-13)")
struct ChannelRouteTests {
  private let bench = EngineBench()

  private func route(_ devices: Int?...) -> ChannelRoute {
    var route = ChannelRoute()
    for device in devices { route.append(device) }
    return route
  }

  @Test("Channels that stay adjacent are one run, and a block is a single run")
  func runs() {
    #expect(route(4, 5, 6) == ChannelRoute(block: 4, channels: 3))
    #expect(ChannelRoute(block: 0, channels: 64).count == 1)
    #expect(route(4, 5, nil, 7, 6).count == 3)
    #expect(route(4, 5, nil, 7, 6).channels == 5)
    #expect(route(nil, nil).count == 0)
    #expect(route(4, 6) != route(4, 5))
  }

  @Test("Received channels are written to the channels of the route, and to no others")
  func receiving() {
    bench.startReceiver(route: route(63, 2, nil, 3, 4, 0))
    var remote = RemoteSender(from: EngineBench.mediaOffset.media(DeviceFrame(960)))
    remote.channels = 6
    for step in 1...20 as ClosedRange<Int64> {
      bench.set(DeviceFrame(960 + 48 * step))
      bench.deliver(remote.next())
    }
    let origin = [63: 0, 2: 1, 3: 3, 4: 4, 0: 5]
    for device in 0..<64 {
      let heard = bench.captured(device, from: DeviceFrame(960 + 144), count: 960)
      let expected = (0..<960).map { frame in origin[device].map { pattern(frame, $0) << 8 } ?? 0 }
      #expect(heard == expected, "device channel \(device)")
    }
  }

  @Test("The route applies to L16 as well")
  func receivingL16() {
    bench.startReceiver(encoding: .l16, route: route(9, 7))
    var remote = RemoteSender(from: EngineBench.mediaOffset.media(DeviceFrame(960)))
    (remote.channels, remote.encoding) = (2, .l16)
    bench.set(DeviceFrame(960 + 48))
    bench.deliver(remote.next())
    for (device, channel) in [(9, 0), (7, 1), (8, nil)] as [(Int, Int?)] {
      let heard = bench.captured(device, from: DeviceFrame(960 + 144), count: 48)
      #expect(
        heard == (0..<48).map { frame in channel.map { (pattern(frame, $0) << 8) & ~0xFFFF } ?? 0 })
    }
  }

  @Test("Concealment and a change of the link offset are the same on every channel")
  func concealing() {
    bench.startReceiver(0, route: route(5, 1), linkOffset: 192, group: 0)
    var remote = SineSender(from: EngineBench.mediaOffset.media(DeviceFrame(0)))
    remote.channels = 2
    for step in 1...80 as ClosedRange<Int64> {
      bench.set(DeviceFrame(step * 48))
      // A second member of the group with a greater link offset changes that of the first.
      if step == 40 {
        bench.startReceiver(1, channels: 1, firstChannel: 9, linkOffset: 288, group: 0)
      }
      if step == 20 { remote.skip() } else { bench.deliver(remote.next()) }
    }
    let left = bench.captured(5, from: DeviceFrame(192), count: 70 * 48)
    let right = bench.captured(1, from: DeviceFrame(192), count: 70 * 48)
    #expect(left == right)
    #expect(left.contains { $0 != 0 } && roughness(left) < 2.5)
    #expect(unsafe bench.receiverCounters[0].concealed.count == 1)
    #expect(unsafe bench.receiverCounters[0].linkOffsetChanges.count == 1)
  }

  @Test("Sent channels are read from the channels of the route, and one may be sent twice")
  func sending() {
    bench.startSender(route: route(40, nil, 3, 4, 40))
    let all = PlayingClient()
    all.write(480, pattern)
    all.start(at: DeviceFrame(48))
    bench.attach(all)
    // A second program that plays only some of the channels is mixed.
    let some = PlayingClient(channels: 2, firstChannel: 3)
    some.write(480) { _, channel in Int32(1 + channel) }
    some.start(at: DeviceFrame(48))
    bench.attach(some, slot: 1)
    bench.set(DeviceFrame(0))
    _ = bench.packets()
    var frames: [[Int32]] = []
    for step in 1...10 as ClosedRange<Int64> {
      bench.set(DeviceFrame(step * 48))
      for packet in bench.packets() { frames += samples(packet.bytes, channels: 5) }
    }
    #expect(frames.count == 480)
    #expect(
      frames[148] == [
        pattern(100, 40), 0, pattern(100, 3) + 1, pattern(100, 4) + 2, pattern(100, 40),
      ])
  }

  @Test("The same route for sending and receiving restores the order of a block")
  func sendingAndReceiving() {
    var reversed = ChannelRoute()
    for device in stride(from: 7, through: 0, by: -1) { reversed.append(device) }
    #expect(reversed.count == 8)
    bench.startSender(route: reversed)
    bench.startReceiver(route: reversed)
    let client = PlayingClient()
    client.write(4_800, pattern)
    client.start(at: DeviceFrame(0))
    bench.attach(client)
    for step in 0...50 as ClosedRange<Int64> {
      bench.set(DeviceFrame(step * 48))
      for packet in bench.packets() { bench.deliver(packet.bytes) }
    }
    for device in 0..<8 {
      let heard = bench.captured(device, from: DeviceFrame(144), count: 480)
      #expect(heard == (0..<480).map { pattern($0, device) << 8 })
    }
  }
}
