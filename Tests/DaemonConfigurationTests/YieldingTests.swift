// SPDX-License-Identifier: MIT
import Testing

@testable import DaemonConfiguration

/// Receivers of the layout yield device channels to the receivers that the user has set up (trial F6).
@Suite struct YieldingTests {
  private func chosen(_ first: Int, _ channels: Int) -> ReceiverConfiguration {
    var receiver = ReceiverConfiguration()
    receiver.name = "chosen \(first)"
    receiver.firstChannel = first
    receiver.channels = channels
    return receiver
  }

  @Test func onlyReceiversOfTheSameKindConflict() throws {
    let layout = try read("").receivers
    #expect(layout.allSatisfy { $0.yields })
    let one = chosen(17, 2)
    #expect(!one.yields)
    #expect(one.problems(beside: layout).isEmpty)
    #expect(layout[2].problems(beside: [one] + layout.prefix(2)).isEmpty)
    #expect(chosen(18, 2).problems(beside: [one]).count == 1)
    var copy = layout[2]
    copy.name = "copy"
    #expect(copy.problems(beside: layout).count == 1)
  }

  @Test func aReceiverWithChosenStreamOrChannelsDoesNotYield() throws {
    let receiver = try #require(try read("").receivers.first)
    for keys in [["link-offset": "5ms"], ["name": "mine"], ["enabled": "false"], ["group": "none"]]
    {
      #expect(try receiver.applying(Node(keys), named: "test").yields, "\(keys)")
    }
    for keys in [
      ["channels": "2"], ["channels": "9, 10"], ["first-channel": "1"], ["session": "Stage left"],
      ["address": "239.69.9.9"], ["sdp-url": "http://10.0.0.9/by-name/Stage"],
    ] {
      #expect(try !receiver.applying(Node(keys), named: "test").yields, "\(keys)")
    }
  }

  @Test(arguments: [
    ([], [9, 10, 11, 12, 13, 14, 15, 16]), ([1, 30], [9, 10, 11, 12, 13, 14, 15, 16]),
    ([9, 10], [0, 0, 11, 12, 13, 14, 15, 16]), ([12, 16, 17], [9, 10, 11, 0, 13, 14, 15, 0]),
    (Array(1...64), [0, 0, 0, 0, 0, 0, 0, 0]),
  ])
  func keepsTheChannelsThatAreNotTaken(taken: [Int], numbers: [Int]) throws {
    let receiver = try read("").receivers[1]
    let left = receiver.leaving(Set(taken.map { $0 - 1 }))
    #expect(left.route.map { $0.map { $0 + 1 } ?? 0 } == numbers)
    #expect(left.channels == 8 && left.address == receiver.address)
  }
}
