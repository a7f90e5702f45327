// SPDX-License-Identifier: MIT

/// Invented session descriptions in the form that devices in the field send. The lines, their order and their
/// spelling are real; names and numbers are not.
enum Corpus {
  /// Joins lines with CRLF, as the standard requires.
  static func crlf(_ lines: String) -> String {
    lines.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "\r\n")
  }

  /// A two-channel box: session-level connection, names in `i=`, payload type 97, a random offset.
  static let dante = crlf(
    """
    v=0
    o=- 1423986 1423994 IN IP4 169.254.98.63
    s=AVIO-Hall : 2
    c=IN IP4 239.69.205.203/32
    t=0 0
    a=keywds:Dante
    m=audio 5004 RTP/AVP 97
    i=2 channels: Left Right
    a=recvonly
    a=rtpmap:97 L24/48000/2
    a=ptime:1
    a=ts-refclk:ptp=IEEE1588-2008:00-1D-C1-FF-FE-12-00-A4:0
    a=mediaclk:direct=2911906980

    """)

  /// L16 with a small session number and attributes of its maker.
  static let merging = crlf(
    """
    v=0
    o=- 13 0 IN IP4 192.168.20.15
    s=Desk_13
    c=IN IP4 239.1.20.15/15
    t=0 0
    a=clock-domain:PTPv2 0
    a=ts-refclk:ptp=IEEE1588-2008:00-0B-72-FF-FE-07-DC-FC:0
    a=mediaclk:direct=0
    m=audio 5004 RTP/AVP 97
    c=IN IP4 239.1.20.15/15
    a=rtpmap:97 L16/48000/2
    a=source-filter: incl IN IP4 239.1.20.15 192.168.20.15
    a=sync-time:0
    a=framecount:48
    a=palign:0
    a=ptime:1
    a=ts-refclk:ptp=IEEE1588-2008:00-0B-72-FF-FE-07-DC-FC:0
    a=mediaclk:direct=0
    a=recvonly
    a=midi-pre2:50040 0,0;0,1

    """)

  /// 64 channels twice, for two networks.
  static let lawo = crlf(
    """
    v=0
    o=- 1731086923289383 0 IN IP4 10.3.10.23
    s=A__madi6
    t=0 0
    a=group:DUP primary secondary
    a=clock-domain:PTPv2 0
    m=audio 5004 RTP/AVP 98
    c=IN IP4 239.3.10.23/31
    a=source-filter: incl IN IP4 239.3.10.23 10.3.10.23
    a=rtpmap:98 L24/48000/64
    a=framecount:6
    a=ptime:0.12
    a=mediaclk:direct=0
    a=ts-refclk:ptp=IEEE1588-2008:40-A3-6B-FF-FE-20-18-B2:0
    a=sync-time:0
    a=recvonly
    a=mid:primary
    m=audio 5004 RTP/AVP 98
    c=IN IP4 239.4.10.23/31
    a=source-filter: incl IN IP4 239.4.10.23 10.4.10.23
    a=rtpmap:98 L24/48000/64
    a=framecount:6
    a=ptime:0.12
    a=mediaclk:direct=0
    a=ts-refclk:ptp=IEEE1588-2008:40-A3-6B-FF-FE-20-18-B2:0
    a=sync-time:0
    a=recvonly
    a=mid:secondary

    """)

  /// The domain spelled out, a hardware address for the clock, the direction for the whole session.
  static let riedel = crlf(
    """
    v=0
    o=- 4 1 IN IP4 10.77.1.40
    s=Artist.Port 12
    c=IN IP4 239.77.1.40/32
    t=0 0
    a=recvonly
    a=ts-refclk:ptp=IEEE1588-2008:00-19-7C-01-02-03:domain-nmbr=0
    a=mediaclk:direct=0
    m=audio 5004 RTP/AVP 98
    a=rtpmap:98 L24/48000/1
    a=ptime:1

    """)

  /// A daemon on Linux: line feeds only.
  static let linuxDaemon =
    """
    v=0
    o=- 1 0 IN IP4 10.0.0.12
    s=ALSA Source 1
    c=IN IP4 239.1.0.1/15
    t=0 0
    a=clock-domain:PTPv2 0
    m=audio 5004 RTP/AVP 98
    c=IN IP4 239.1.0.1/15
    a=rtpmap:98 L16/48000/2
    a=sync-time:0
    a=framecount:48
    a=ptime:1
    a=mediaclk:direct=0
    a=ts-refclk:ptp=IEEE1588-2008:00-1B-21-FF-FE-0A-0B-0C:0
    a=recvonly

    """

  /// A sound server: line feeds only, its name and type, media lines before attributes.
  static let pipewire =
    """
    v=0
    o=- 3912547182 0 IN IP4 192.168.1.7
    s=PipeWire RTP stream
    c=IN IP4 239.69.11.7/1
    t=0 0
    a=recvonly
    a=tool:PipeWire 1.2.0
    a=type:broadcast
    m=audio 46000 RTP/AVP 127
    i=2 channels: FL, FR
    a=rtpmap:127 L24/48000/2
    a=ptime:1
    a=ts-refclk:ptp=IEEE1588-2008:00-00-00-00-00-00-00-00:0
    a=mediaclk:direct=0

    """

  /// A broadcast sender: traceable time, channel order, duplicate legs, everything at media level.
  static let st2110 = crlf(
    """
    v=0
    o=- 1443716955 1443716956 IN IP4 192.168.9.142
    s=st2110 0-1-0
    t=0 0
    a=group:DUP left right
    m=audio 20000 RTP/AVP 100
    c=IN IP4 239.100.9.10/32
    a=source-filter: incl IN IP4 239.100.9.10 192.168.9.142
    a=rtpmap:100 L24/48000/8
    a=fmtp:100 channel-order=SMPTE2110.(51,ST)
    a=ptime:0.125
    a=ts-refclk:ptp=IEEE1588-2008:traceable
    a=mediaclk:direct=0
    a=mid:left
    m=audio 20000 RTP/AVP 100
    c=IN IP4 239.101.9.10/32
    a=source-filter: incl IN IP4 239.101.9.10 192.168.10.142
    a=rtpmap:100 L24/48000/8
    a=fmtp:100 channel-order=SMPTE2110.(51,ST)
    a=ptime:0.125
    a=ts-refclk:ptp=IEEE1588-2008:traceable
    a=mediaclk:direct=0
    a=mid:right

    """)

  /// All descriptions with their names.
  static let all = [
    ("dante", dante), ("merging", merging), ("lawo", lawo), ("riedel", riedel),
    ("linuxDaemon", linuxDaemon), ("pipewire", pipewire), ("st2110", st2110),
  ]
}
