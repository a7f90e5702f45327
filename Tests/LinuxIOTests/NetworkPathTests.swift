// SPDX-License-Identifier: MIT
import Addressing
import LinuxIO
import Testing

private let one = IPv4Address("10.0.0.1") ?? .any
private let two = IPv4Address("10.0.0.2") ?? .any

private func card(
  _ name: String, _ index: UInt32, _ addresses: [IPv4Address] = [one], isRunning: Bool = true
) -> NetworkInterface {
  NetworkInterface(
    name: name, index: index, isUp: true, isRunning: isRunning, isLoopback: name == "lo",
    isMulticast: true, addresses: addresses)
}

@Suite("NetworkPath: which interface, and what has changed (NET-09)")
struct NetworkPathTests {
  private static func followed(
    _ choice: String?, _ looks: [[NetworkInterface]]
  ) -> (path: NetworkPath, changes: [NetworkPath.Change]) {
    var path = NetworkPath(choice)
    let changes = looks.map { path.follow($0) }
    return (path, changes)
  }

  @Test("A named interface that comes later, goes down, and comes back as it was")
  func comesAndGoes() {
    let (path, changes) = Self.followed(
      "net0",
      [
        [], [card("net0", 3, [])], [card("net0", 3)], [card("net0", 3)],
        [card("net0", 3, isRunning: false)], [card("net0", 3, isRunning: false)],
        [card("net0", 3)],
      ])
    #expect(changes == [.none, .none, .moved, .none, .lost, .none, .returned])
    #expect(path.isUsable && path.address == one && path.problem.isEmpty)
  }

  @Test("Removed and made anew it has another index: every socket is opened anew")
  func madeAnew() {
    let (path, changes) = Self.followed(
      "net0", [[card("net0", 3)], [], [card("net0", 7)]])
    #expect(changes == [.moved, .lost, .moved])
    #expect(path.interface?.index == 7)
  }

  @Test("A second address interrupts nothing, nor does the loss of one that is not in use")
  func secondAddress() {
    let (path, changes) = Self.followed(
      "net0",
      [[card("net0", 3)], [card("net0", 3, [two, one])], [card("net0", 3)]])
    #expect(changes == [.moved, .none, .none])
    #expect(path.address == one)
  }

  @Test("Another address in place of ours, at once or after a while without any")
  func readdressed() {
    let atOnce = Self.followed("net0", [[card("net0", 3)], [card("net0", 3, [two])]])
    #expect(atOnce.changes == [.moved, .readdressed])
    let later = Self.followed(
      "net0", [[card("net0", 3)], [card("net0", 3, [])], [card("net0", 3, [two])]])
    #expect(later.changes == [.moved, .lost, .readdressed])
    #expect(later.path.address == two)
  }

  @Test("A named interface that takes another name is gone, and back when it has its name again")
  func renamed() {
    let (path, changes) = Self.followed(
      "net0", [[card("net0", 3)], [card("net9", 3)], [card("net0", 3)]])
    #expect(changes == [.moved, .lost, .returned])
    #expect(path.isUsable)
  }

  @Test("Under auto a new name is none of our business, nor is an interface that comes earlier")
  func automatic() {
    let (path, changes) = Self.followed(
      nil,
      [
        [card("lo", 1), card("eth0", 3)], [card("lo", 1), card("enp1s0", 3)],
        [card("lo", 1), card("eth1", 2, [two]), card("enp1s0", 3)],
      ])
    #expect(changes == [.moved, .none, .none])
    #expect(path.interface?.name == "enp1s0")
  }

  @Test("Under auto the loopback interface gives way to a network, and a dead one to another")
  func automaticMoves() {
    let (path, changes) = Self.followed(
      nil,
      [
        [card("lo", 1)], [card("lo", 1), card("eth0", 3)],
        [card("lo", 1), card("eth0", 3, isRunning: false), card("eth1", 4)],
      ])
    #expect(changes == [.moved, .moved, .moved])
    #expect(path.interface?.name == "eth1")
  }

  @Test("What is missing is said, with what there is")
  func problems() {
    var path = NetworkPath("net0")
    _ = path.follow([card("eth5", 2)])
    #expect(path.problem == "interface net0 does not exist; there are: eth5; waiting for it")
    _ = path.follow([card("net0", 2, [])])
    #expect(path.problem == "interface net0 has no IPv4 address; waiting for one")
    _ = path.follow([card("net0", 2, isRunning: false)])
    #expect(path.problem == "interface net0 is down; waiting for it")
  }
}
