// SPDX-License-Identifier: MIT
package import DaemonConfiguration
package import Device
internal import MediaClock

extension StreamTiming {
  /// The timing of these senders for programs.
  package init(_ senders: [SenderConfiguration]) {
    func divisor(_ left: Int, _ right: Int) -> Int {
      right == 0 ? left : divisor(right, left % right)
    }
    self.init()
    let packets = senders.map(\.packetTime.frames)
    if let longest = packets.max() {
      startGrid = UInt32(packets.reduce(1) { $0 / divisor($0, $1) * $1 })
      playbackLatency = UInt32(longest)
    }
  }
}
