// SPDX-License-Identifier: MIT
package import PTP

/// The grandmaster of our media clock, which streams announce as their reference clock (SDP-05).
///
/// It is this host if there is no better clock. If the master is lost it remains until another one is elected,
/// because its time continues until then.
package struct Grandmaster: Hashable, Sendable {
  package var identity: ClockIdentity
  /// The PTP domain, 0 to 127.
  package var domain: Int
}
