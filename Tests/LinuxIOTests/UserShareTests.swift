// SPDX-License-Identifier: MIT
import Glibc
import LinuxIO
import Testing

/// Places that are shared by users (assault F4, F5).
@Suite struct UserShareTests {
  private let share = UserShare(total: 16, perUser: 10, keptForRoot: 2)

  /// With requests and releases in any order, root gets a place while it holds fewer than are kept for it,
  /// and no user holds more than the maximum.
  @Test(arguments: 1...50 as ClosedRange<UInt64>)
  func rootIsNeverLockedOut(seed: UInt64) {
    var state = seed
    func random(_ bound: UInt64) -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return (state >> 33) % bound
    }
    var holders: [UInt32] = []
    for _ in 0..<500 {
      let user = UInt32(random(5))
      if random(3) == 0, !holders.isEmpty {
        holders.remove(at: Int(random(UInt64(holders.count))))
      } else if share.verdict(for: user, among: holders) == .granted {
        holders.append(user)
      }
      #expect(holders.count <= 16)
      for user in 1...4 as ClosedRange<UInt32> {
        #expect(holders.count { $0 == user } <= 10)
      }
      if holders.count(where: { $0 == 0 }) < 2 {
        #expect(share.verdict(for: 0, among: holders) == .granted)
      }
    }
  }

  @Test func aSecondUserFindsPlaces() {
    let greedy = [UInt32](repeating: 2001, count: 10)
    #expect(share.verdict(for: 2001, among: greedy) == .userHasEnough)
    #expect(share.verdict(for: 2002, among: greedy) == .granted)
    let full = greedy + [UInt32](repeating: 2002, count: 4)
    #expect(share.verdict(for: 2002, among: full) == .allTaken)
    #expect(share.verdict(for: 0, among: full + [0]) == .granted)
    #expect(share.verdict(for: 0, among: full + [0, 0]) == .allTaken)
  }

  @Test func theUserWithMostPlacesIsFound() {
    #expect(UserShare.greatest(among: [UInt32]()) == nil)
    #expect(UserShare.greatest(among: [5, 7, 7, 5, 7])! == (7, 3))
  }

  @Test func aPeerIsTheConnectedProcess() throws {
    var ends: [Int32] = [0, 0]
    let type = Int32(SOCK_STREAM.rawValue)
    #expect(unsafe socketpair(AF_UNIX, type, 0, &ends) == 0)
    defer { for end in ends { close(end) } }
    let peer = try #require(Peer(ofSocket: ends[0]))
    #expect(peer == Peer(processID: getpid(), userID: geteuid()))
    #expect(peer.label.contains("(\(getpid()))"))
    let tcp = socket(AF_INET, type, 0)
    defer { close(tcp) }
    #expect(Peer(ofSocket: tcp) == nil)
  }
}
