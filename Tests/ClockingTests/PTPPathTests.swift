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

@Suite("PTPPath: interface changes that interrupt the ordinary clock (BMC-12)")
struct PTPPathTests {
  /// The step of a clock with open sockets when the interfaces change from `before` to `next`.
  private static func step(
    _ choice: String? = "net0", from before: [NetworkInterface] = [card()],
    to next: [NetworkInterface]?
  ) -> PTPPath.Step {
    var path = PTPPath(choice)
    _ = path.follow(before, isOpen: false)
    return path.follow(next, isOpen: true)
  }

  @Test("Addresses that are not in use interrupt nothing, in any order of the list")
  func otherAddresses() {
    #expect(Self.step(to: [card("net0", 3, [one, two])]) == .keep)
    #expect(Self.step(to: [card("net0", 3, [two, one])]) == .keep)
    #expect(Self.step(to: [card("net0", 3, [two, one, three])]) == .keep)
    #expect(Self.step(from: [card("net0", 3, [one, two])], to: [card()]) == .keep)
    #expect(
      Self.step(from: [card("net0", 3, [one, two, three])], to: [card("net0", 3, [one, three])])
        == .keep)
  }

  @Test("The loss of the address in use reopens the sockets, or closes them")
  func usedAddress() {
    let other = card("net0", 3, [two])
    #expect(Self.step(to: [other]) == .open(other))
    #expect(Self.step(from: [card("net0", 3, [one, two])], to: [other]) == .open(other))
    #expect(Self.step(to: [card("net0", 3, [])]) == .close)
  }

  @Test("A failed listing of the interfaces changes nothing, with sockets open or closed")
  func failedListing() {
    #expect(Self.step(to: nil) == .keep)
    var path = PTPPath("net0")
    #expect(path.follow(nil, isOpen: false) == .keep)
    #expect(path.follow([card()], isOpen: false) == .open(card()))
    #expect(path.follow(nil, isOpen: true) == .keep)
    #expect(path.follow([card()], isOpen: true) == .keep)
  }

  @Test("An interface that is removed, down, without carrier or created again interrupts")
  func interface() {
    #expect(Self.step(to: []) == .close)
    #expect(Self.step(to: [card("net0", 3, isRunning: false)]) == .close)
    #expect(Self.step(to: [card("net0", 3, isUp: false)]) == .close)
    #expect(Self.step(to: [card("net0", 7)]) == .open(card("net0", 7)))
    #expect(Self.step(to: [card("net9", 3)]) == .close, "a configured name must match")
  }

  @Test("Other interfaces, and with auto a new name, interrupt nothing while the interface runs")
  func others() {
    let late = card("eth0", 2, [two])
    #expect(Self.step(to: [late, card()]) == .keep)
    #expect(Self.step(nil, to: [late, card()]) == .keep)
    #expect(Self.step(nil, to: [card("enp1s0", 3)]) == .keep)
    #expect(Self.step(nil, to: [late, card("net0", 3, isRunning: false)]) == .open(late))
  }

  @Test("Sockets that could not be opened, or were closed, are opened at the next check")
  func retried() {
    var path = PTPPath("net0")
    #expect(path.follow([card()], isOpen: false) == .open(card()))
    #expect(path.follow([card()], isOpen: false) == .open(card()))
    #expect(path.follow([card()], isOpen: true) == .keep)
    #expect(path.follow([], isOpen: true) == .close)
    #expect(path.follow([], isOpen: false) == .keep)
    #expect(path.follow([card()], isOpen: false) == .open(card()))
  }

  @Test("The clock is alone on the loopback interface, and leaves it for a network")
  func loopback() {
    let lo = card("lo", 1)
    #expect(Self.step(nil, from: [lo], to: [lo]) == .alone)
    #expect(Self.step(nil, from: [lo], to: [lo, card()]) == .open(card()))
    #expect(
      Self.step(nil, to: [lo]) == .close, "no return to lo while the network is away (trial F8)")
  }
}
