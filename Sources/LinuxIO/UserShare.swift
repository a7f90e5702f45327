// SPDX-License-Identifier: MIT
internal import CLinux

/// The limit of a resource for each user of this host, so that no user locks out the others.
public struct UserShare: Equatable, Sendable {
  public enum Verdict: Equatable, Sendable {
    case granted
    /// No place is free, or the free ones are kept for root.
    case allTaken
    /// This user has the maximum.
    case userHasEnough
  }

  public let total: Int
  /// The maximum of one user, which does not apply to root.
  public let perUser: Int
  public let keptForRoot: Int

  public init(total: Int, perUser: Int, keptForRoot: Int) {
    self.total = total
    self.perUser = perUser
    self.keptForRoot = keptForRoot
  }

  /// The verdict on one more place for `user`.
  ///
  /// - Parameter holders: the user of each occupied place.
  public func verdict(for user: UInt32, among holders: some Collection<UInt32>) -> Verdict {
    let free = total - holders.count
    if user == 0 { return free > 0 ? .granted : .allTaken }
    if holders.count(where: { $0 == user }) >= perUser { return .userHasEnough }
    let kept = max(0, keptForRoot - holders.count { $0 == 0 })
    return free > kept ? .granted : .allTaken
  }

  /// The user with the most places, and their number; nil if none is occupied.
  public static func greatest(among holders: some Collection<UInt32>) -> (user: UInt32, count: Int)?
  {
    var counts: [UInt32: Int] = [:]
    for holder in holders { counts[holder, default: 0] += 1 }
    return counts.max { ($0.value, $1.key) < ($1.value, $0.key) }.map { ($0.key, $0.value) }
  }
}

/// The process at the other end of a Unix socket, as the kernel knows it (SO_PEERCRED).
public struct Peer: Equatable, Sendable {
  /// The process id; 0 if it is in a process namespace that is not visible here.
  public let processID: Int32
  public let userID: UInt32

  public init(processID: Int32, userID: UInt32) {
    self.processID = processID
    self.userID = userID
  }

  /// Reads it from the kernel; nil if the kernel does not report it, as for a TCP connection.
  public init?(ofSocket descriptor: Int32) {
    var process: Int32 = 0
    var user: UInt32 = 0
    guard unsafe clinux_peer(descriptor, &process, &user) == 0, user != .max else { return nil }
    self.init(processID: process, userID: user)
  }

  /// The program's name and process id in words, as far as they are visible.
  public var label: String {
    guard processID > 0 else { return "user \(userID)" }
    guard let name = try? Files.read("/proc/\(processID)/comm"), !name.isEmpty else {
      return "process \(processID)"
    }
    return "\(name.prefix { $0 != "\n" }) (\(processID))"
  }
}
