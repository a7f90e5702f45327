// SPDX-License-Identifier: MIT
import Addressing
import LinuxIO
import Testing

@Suite struct NetworkInterfacesTests {
  private func interface(
    _ name: String, _ index: UInt32, up: Bool = true, running: Bool = true, loopback: Bool = false,
    multicast: Bool = true, addresses: [UInt32] = [0x0A00_0001]
  ) -> NetworkInterface {
    NetworkInterface(
      name: name, index: index, isUp: up, isRunning: running, isLoopback: loopback,
      isMulticast: multicast, addresses: addresses.map(IPv4Address.init(bits:)))
  }

  @Test func listsLoopbackOnce() throws {
    let loopbacks = try NetworkInterfaces.list().filter(\.isLoopback)
    #expect(loopbacks.count == 1)
    #expect(loopbacks.first?.name == "lo")
    #expect(loopbacks.first?.index == 1)
  }

  @Test func choosesTheFirstThatCanMulticast() {
    let list = [
      interface("lo", 1, loopback: true, multicast: false),
      interface("down0", 2, up: false), interface("unplugged0", 3, running: false),
      interface("p2p0", 4, multicast: false), interface("bare0", 5, addresses: []),
      interface("eth0", 6), interface("eth1", 7),
    ]
    #expect(NetworkInterfaces.automaticChoice(among: list)?.name == "eth0")
    #expect(NetworkInterfaces.automaticChoice(among: Array(list.prefix(5)))?.name == "lo")
    #expect(NetworkInterfaces.automaticChoice(among: Array(list[1...4])) == nil)
  }
}
