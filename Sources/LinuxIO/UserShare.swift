// SPDX-License-Identifier: MIT
internal import CLinux

/// How many of something each user of this host may hold at once, so that no user locks out the others.
public struct UserShare: Equatable, Sendable {
  public enum Verdict: Equatable, Sendable {
    case granted
    /// No place is free, or those that are free are kept for root.
    case allTaken
    /// This user holds as many as one may.
    case userHasEnough
  }

  public let total: Int
  /// Root is not bounded by it.
  public let perUser: Int
  public let keptForRoot: Int

  public init(total: Int, perUser: Int, keptForRoot: Int) {
    self.total = total
    self.perUser = perUser
    self.keptForRoot = keptForRoot
  }

  /// Whether `user` may have one more.
  ///
  /// - Parameter holders: the user of each place that is taken.
  public func verdict(for user: UInt32, among holders: some Collection<UInt32>) -> Verdict {
    let free = total - holders.count
    if user == 0 { return free > 0 ? .granted : .allTaken }
    if holders.count(where: { $0 == user }) >= perUser { return .userHasEnough }
    let kept = max(0, keptForRoot - holders.count { $0 == 0 })
    return free > kept ? .granted : .allTaken
  }

  /// The user with the most places, and how many those are; nil where none is taken.
  public static func greatest(among holders: some Collection<UInt32>) -> (user: UInt32, count: Int)?
  {
    var counts: [UInt32: Int] = [:]
    for holder in holders { counts[holder, default: 0] += 1 }
    return counts.max { ($0.value, $1.key) < ($1.value, $0.key) }.map { ($0.key, $0.value) }
  }
}

/// Who is at the other end of a Unix socket, as the kernel knows it (SO_PEERCRED).
public struct Peer: Equatable, Sendable {
  /// 0 when it lives in a process namespace that we do not see.
  public let processID: Int32
  public let userID: UInt32

  public init(processID: Int32, userID: UInt32) {
    self.processID = processID
    self.userID = userID
  }

  /// Nil where the kernel does not say so, as of a TCP connection.
  public init?(ofSocket descriptor: Int32) {
    var process: Int32 = 0
    var user: UInt32 = 0
    guard unsafe clinux_peer(descriptor, &process, &user) == 0, user != .max else { return nil }
    self.init(processID: process, userID: user)
  }

  /// The program's name and number for people, as far as they are to be seen.
  public var label: String {
    guard processID > 0 else { return "user \(userID)" }
    guard let name = try? Files.read("/proc/\(processID)/comm"), !name.isEmpty else {
      return "process \(processID)"
    }
    return "\(name.prefix { $0 != "\n" }) (\(processID))"
  }
}
