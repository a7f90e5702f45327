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

@Suite("NetworkPath: the interface in use and its changes (NET-09)")
struct NetworkPathTests {
  private static func followed(
    _ choice: String?, _ looks: [[NetworkInterface]]
  ) -> (path: NetworkPath, changes: [NetworkPath.Change]) {
    var path = NetworkPath(choice)
    let changes = looks.map { path.follow($0) }
    return (path, changes)
  }

  @Test("A named interface appears later, goes down, and returns unchanged")
  func appearsAndReturns() {
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

  @Test("An interface that is removed and created again has another index, and counts as moved")
  func createdAgain() {
    let (path, changes) = Self.followed(
      "net0", [[card("net0", 3)], [], [card("net0", 7)]])
    #expect(changes == [.moved, .lost, .moved])
    #expect(path.interface?.index == 7)
  }

  @Test("A second address interrupts nothing, nor does the loss of an unused address")
  func secondAddress() {
    let (path, changes) = Self.followed(
      "net0",
      [[card("net0", 3)], [card("net0", 3, [two, one])], [card("net0", 3)]])
    #expect(changes == [.moved, .none, .none])
    #expect(path.address == one)
  }

  @Test("The address in use is replaced, at once or after a time without any")
  func readdressed() {
    let atOnce = Self.followed("net0", [[card("net0", 3)], [card("net0", 3, [two])]])
    #expect(atOnce.changes == [.moved, .readdressed])
    let later = Self.followed(
      "net0", [[card("net0", 3)], [card("net0", 3, [])], [card("net0", 3, [two])]])
    #expect(later.changes == [.moved, .lost, .readdressed])
    #expect(later.path.address == two)
  }

  @Test("A named interface that is renamed is lost until it has its name again")
  func renamed() {
    let (path, changes) = Self.followed(
      "net0", [[card("net0", 3)], [card("net9", 3)], [card("net0", 3)]])
    #expect(changes == [.moved, .lost, .returned])
    #expect(path.isUsable)
  }

  @Test("With auto, a new name or an interface with a lower index changes nothing")
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

  @Test("With auto, a network replaces loopback, and another card one without carrier")
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
    "Field case 14: with auto, a virtual interface is not used while a card is awaited"
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
        changes == [.none, .none, .moved, .none], "lo is not used meanwhile either (trial F8)")
      #expect(path.interface?.name == "eth0")
    }
    let (path, _) = Self.followed(nil, [[docker, card("eth0", 4, [], isRunning: false)]])
    #expect(!path.isUsable && path.problem.contains("docker0 is virtual"), "\(path.problem)")
  }

  @Test("Field case 14: a virtual interface, used if there is no other, is left for a card at once")
  func virtualIsLeftForACard() {
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
    "After a cable was pulled, neither a wireless nor a virtual interface takes over")
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
    // An interface that was removed is not awaited.
    let (left, _) = Self.followed(nil, [others + [card("eth0", 5)], others])
    #expect(left.interface?.name == "wlan0")
  }

  @Test("A new choice moves to the chosen interface, if it is usable and not yet in use")
  func chosen() {
    let all = [card("lo", 1), card("net0", 3), card("net1", 4, [two])]
    var path = NetworkPath("net0")
    #expect(path.follow(all) == .moved)
    path.choose("net0")
    #expect(path.follow(all) == .none)
    path.choose("net1")
    #expect(path.follow(all) == .moved)
    #expect(path.interface?.name == "net1" && path.address == two)
    // Auto keeps a working interface that is in use.
    path.choose(nil)
    #expect(path.follow(all) == .none)
    #expect(path.interface?.name == "net1")
  }

  @Test("A new choice that is not usable yet leaves the old interface at once, and only once")
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

  @Test("The choice of auto while the interface is lost changes nothing")
  func chosenWhileLost() {
    var path = NetworkPath("net0")
    #expect(path.follow([card("net0", 3)]) == .moved)
    #expect(path.follow([card("net0", 3, isRunning: false)]) == .lost)
    path.choose(nil)
    #expect(path.follow([card("net0", 3)]) == .returned)
  }

  @Test("The problem names what is missing and what is available")
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

  @Test("With auto, a lost link never leads to the loopback interface (trial F8)")
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

  @Test("With auto, a host that starts without carrier waits; a host whose card is down uses lo")
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
