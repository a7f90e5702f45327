// SPDX-License-Identifier: MIT
internal import Glibc

/// The limit of open file descriptors of this process (RLIMIT_NOFILE).
public enum DescriptorLimit {
  /// The limit is lower than the number that is needed.
  public struct TooLow: Error, Equatable, Sendable, CustomStringConvertible {
    public let limit: Int
    public let needed: Int

    public var description: String {
      "\(limit) file descriptors are allowed, and \(needed) are needed at least; raise the limit with"
        + " `ulimit -n`, or LimitNOFILE= of the service"
    }
  }

  /// Checks that descriptors 0 to `count` - 1 can be opened, and raises the soft limit if that is too low.
  public static func require(_ count: Int) throws(TooLow) {
    var limit = rlimit()
    guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0,
      limit.rlim_cur < rlim_t(count)
    else { return }
    let allowed = limit.rlim_cur
    limit.rlim_cur = min(rlim_t(count), limit.rlim_max)
    guard limit.rlim_max >= rlim_t(count),
      unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0
    else { throw TooLow(limit: Int(clamping: max(allowed, limit.rlim_max)), needed: count) }
  }
}
