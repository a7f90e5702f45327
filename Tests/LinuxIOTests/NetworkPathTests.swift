// SPDX-License-Identifier: MIT
import Addressing
import LinuxIO
import Testing

private let one = IPv4Address("10.0.0.1") ?? .any
private let two = IPv4Address("10.0.0.2") ?? .any

private func card(
  _ name: String, _ index: UInt32, _ addresses: [IPv4Address] = [one], isRunning: Bool = true,
  isUp: Bool = true, kind: InterfaceKind? = nil
) -> NetworkInterface {
  NetworkInterface(
    name: name, index: index, isUp: isUp, isRunning: isRunning, isLoopback: name == "lo",
    isMulticast: true, addresses: addresses, kind: kind)
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

  @Test(
    "Field case 14: under auto a virtual interface that is up first is not taken while a card is awaited"
  )
  func virtualFirst() {
    let docker = card("docker0", 3, [two], kind: .virtual)
    let tunnel = card("tailscale0", 2, [two], kind: .virtual)
    for virtual in [docker, tunnel] {
      let (path, changes) = Self.followed(
        nil,
        [
          [card("lo", 1), virtual, card("eth0", 4, [], isRunning: false)],
          [card("lo", 1), virtual, card("eth0", 4, [])], [card("lo", 1), virtual, card("eth0", 4)],
          [card("lo", 1), virtual, card("eth0", 4)],
        ])
      #expect(
        changes == [.none, .none, .moved, .none], "not even lo is taken meanwhile (trial F8)")
      #expect(path.interface?.name == "eth0")
    }
    let (path, _) = Self.followed(nil, [[docker, card("eth0", 4, [], isRunning: false)]])
    #expect(!path.isUsable && path.problem.contains("docker0 is virtual"), "\(path.problem)")
  }

  @Test("Field case 14: taken where there is nothing else, it gives way to a card at once")
  func virtualGivesWay() {
    let (path, changes) = Self.followed(
      nil,
      [
        [card("lo", 1), card("virbr0", 3, [two], kind: .virtual)],
        [
          card("lo", 1), card("virbr0", 3, [two], kind: .virtual),
          card("wlan0", 4, kind: .wireless),
        ],
        [
          card("lo", 1), card("virbr0", 3, [two], kind: .virtual),
          card("wlan0", 4, kind: .wireless), card("eth0", 5),
        ],
      ])
    #expect(changes == [.moved, .moved, .moved])
    #expect(path.interface?.name == "eth0")
  }

  @Test(
    "A cable that is pulled is waited for: neither the wireless nor a virtual interface takes over")
  func cableIsAwaited() {
    let others = [
      card("lo", 1), card("docker0", 3, [two], kind: .virtual),
      card("wlan0", 4, [two], kind: .wireless),
    ]
    let (path, changes) = Self.followed(
      nil,
      [
        others + [card("eth0", 5)], others + [card("eth0", 5, isRunning: false)],
        others + [card("eth0", 5, [])], others + [card("eth0", 5)],
      ])
    #expect(changes == [.moved, .lost, .none, .returned])
    #expect(path.interface?.name == "eth0")
    // One that is gone altogether is not waited for.
    let (left, _) = Self.followed(nil, [others + [card("eth0", 5)], others])
    #expect(left.interface?.name == "wlan0")
  }

  @Test("A new choice moves to another interface that can be used, and only to another")
  func chosen() {
    let all = [card("lo", 1), card("net0", 3), card("net1", 4, [two])]
    var path = NetworkPath("net0")
    #expect(path.follow(all) == .moved)
    path.choose("net0")
    #expect(path.follow(all) == .none)
    path.choose("net1")
    #expect(path.follow(all) == .moved)
    #expect(path.interface?.name == "net1" && path.address == two)
    // What is in use works: auto stays with it.
    path.choose(nil)
    #expect(path.follow(all) == .none)
    #expect(path.interface?.name == "net1")
  }

  @Test("A new choice that cannot be used yet leaves the old one at once, once")
  func chosenTooEarly() {
    let all = [card("net0", 3), card("net1", 4, [])]
    for choice in ["net1", "net9"] {
      var path = NetworkPath("net0")
      #expect(path.follow(all) == .moved)
      path.choose(choice)
      #expect(path.follow(all) == .left)
      #expect(path.follow(all) == .none)
      #expect(!path.isUsable && path.interface == nil && path.address == nil)
      #expect(path.problem.hasPrefix("interface \(choice) "))
      path.choose("net0")
      #expect(path.follow(all) == .moved)
    }
  }

  @Test("The choice of an interface that is away, while it is away, changes nothing")
  func chosenByAnotherName() {
    var path = NetworkPath("net0")
    #expect(path.follow([card("net0", 3)]) == .moved)
    #expect(path.follow([card("net0", 3, isRunning: false)]) == .lost)
    path.choose(nil)
    #expect(path.follow([card("net0", 3)]) == .returned)
  }

  @Test("What is missing is said, with what there is")
  func problems() {
    var path = NetworkPath("net0")
    _ = path.follow([card("eth5", 2)])
    #expect(path.problem == "interface net0 does not exist; available: eth5; waiting for it")
    _ = path.follow([card("net0", 2, [])])
    #expect(path.problem == "interface net0 has no IPv4 address; waiting for one")
    _ = path.follow([card("net0", 2, isRunning: false)])
    #expect(
      path.problem == "interface net0 has no carrier: check its cable and switch port; nothing"
        + " is sent or received until the link is back")
    _ = path.follow([card("net0", 2, isRunning: false, isUp: false)])
    #expect(
      path.problem == "interface net0 is down; nothing is sent or received until it is up")
  }

  @Test("Under auto a cable that is out is never a reason for the loopback interface (trial F8)")
  func noSilentLoopback() {
    let lo = card("lo", 1)
    let (path, changes) = Self.followed(
      nil,
      [
        [lo, card("eth0", 3)], [lo, card("eth0", 3, isRunning: false)],
        [lo, card("eth0", 3, isRunning: false, isUp: false)], [lo, card("eth0", 3, [])], [lo],
        [lo, card("eth0", 3)],
      ])
    #expect(changes == [.moved, .lost, .none, .none, .none, .returned])
    #expect(path.interface?.name == "eth0")
    var gone = NetworkPath(nil)
    _ = gone.follow([lo, card("eth0", 3)])
    #expect(gone.follow([lo]) == .lost)
    #expect(gone.problem == "interface eth0 is gone; available: lo; waiting for a network")
  }

  @Test("Under auto a host that starts with its cable out waits for it; one without a card uses lo")
  func startsUnplugged() {
    var path = NetworkPath(nil)
    let lo = card("lo", 1)
    #expect(path.follow([lo, card("eth0", 3, [], isRunning: false)]) == .none)
    #expect(path.problem.hasPrefix("interface eth0 has no carrier"))
    #expect(path.follow([lo, card("eth0", 3)]) == .moved)
    var alone = NetworkPath(nil)
    #expect(alone.follow([lo, card("eth0", 3, isRunning: false, isUp: false)]) == .moved)
    #expect(alone.interface?.name == "lo")
  }
}
