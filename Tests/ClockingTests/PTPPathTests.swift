// SPDX-License-Identifier: MIT
import Addressing
import LinuxIO
import Testing

@testable import Clocking

private let one = IPv4Address("10.0.0.1") ?? .any
private let two = IPv4Address("10.0.0.2") ?? .any
private let three = IPv4Address("172.31.0.1") ?? .any

private func card(
  _ name: String = "net0", _ index: UInt32 = 3, _ addresses: [IPv4Address] = [one],
  isUp: Bool = true, isRunning: Bool = true
) -> NetworkInterface {
  NetworkInterface(
    name: name, index: index, isUp: isUp, isRunning: isRunning, isLoopback: name == "lo",
    isMulticast: true, addresses: addresses)
}

@Suite("PTPPath: what interrupts the ordinary clock, and what does not (BMC-12)")
struct PTPPathTests {
  /// What a clock with open sockets on `net0` does when the interfaces become `next`.
  private static func step(
    _ choice: String? = "net0", from before: [NetworkInterface] = [card()],
    to next: [NetworkInterface]?
  ) -> PTPPath.Step {
    var path = PTPPath(choice)
    _ = path.follow(before, isOpen: false)
    return path.follow(next, isOpen: true)
  }

  @Test("Other addresses that come and go interrupt nothing, wherever the kernel lists them")
  func otherAddresses() {
    #expect(Self.step(to: [card("net0", 3, [one, two])]) == .keep)
    #expect(Self.step(to: [card("net0", 3, [two, one])]) == .keep)
    #expect(Self.step(to: [card("net0", 3, [two, one, three])]) == .keep)
    #expect(Self.step(from: [card("net0", 3, [one, two])], to: [card()]) == .keep)
    #expect(
      Self.step(from: [card("net0", 3, [one, two, three])], to: [card("net0", 3, [one, three])])
        == .keep)
  }

  @Test("The address in use that goes does, whether or not another one is there")
  func usedAddress() {
    let other = card("net0", 3, [two])
    #expect(Self.step(to: [other]) == .open(other))
    #expect(Self.step(from: [card("net0", 3, [one, two])], to: [other]) == .open(other))
    #expect(Self.step(to: [card("net0", 3, [])]) == .close)
  }

  @Test("A list that could not be made tells nothing, whether sockets are open or not")
  func failedListing() {
    #expect(Self.step(to: nil) == .keep)
    var path = PTPPath("net0")
    #expect(path.follow(nil, isOpen: false) == .keep)
    #expect(path.follow([card()], isOpen: false) == .open(card()))
    #expect(path.follow(nil, isOpen: true) == .keep)
    #expect(path.follow([card()], isOpen: true) == .keep)
  }

  @Test("The interface that goes, loses its carrier, is down or made anew")
  func interface() {
    #expect(Self.step(to: []) == .close)
    #expect(Self.step(to: [card("net0", 3, isRunning: false)]) == .close)
    #expect(Self.step(to: [card("net0", 3, isUp: false)]) == .close)
    #expect(Self.step(to: [card("net0", 7)]) == .open(card("net0", 7)))
    #expect(Self.step(to: [card("net9", 3)]) == .close, "a named one is known by its name")
  }

  @Test("Other interfaces, and under auto a new name, interrupt nothing")
  func others() {
    let late = card("eth0", 2, [two])
    #expect(Self.step(to: [late, card()]) == .keep)
    #expect(Self.step(nil, to: [late, card()]) == .keep)
    #expect(Self.step(nil, to: [card("enp1s0", 3)]) == .keep)
    #expect(Self.step(nil, to: [late, card("net0", 3, isRunning: false)]) == .open(late))
  }

  @Test("Sockets that could not be opened, or were closed, are tried again at each look")
  func retried() {
    var path = PTPPath("net0")
    #expect(path.follow([card()], isOpen: false) == .open(card()))
    #expect(path.follow([card()], isOpen: false) == .open(card()))
    #expect(path.follow([card()], isOpen: true) == .keep)
    #expect(path.follow([], isOpen: true) == .close)
    #expect(path.follow([], isOpen: false) == .keep)
    #expect(path.follow([card()], isOpen: false) == .open(card()))
  }

  @Test("On the loopback interface there is nobody, and it gives way to a network")
  func loopback() {
    let lo = card("lo", 1)
    #expect(Self.step(nil, from: [lo], to: [lo]) == .alone)
    #expect(Self.step(nil, from: [lo], to: [lo, card()]) == .open(card()))
    #expect(Self.step(nil, to: [lo]) == .close, "no way back to lo: the network is away (trial F8)")
  }
}
