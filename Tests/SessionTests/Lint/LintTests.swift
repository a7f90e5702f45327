// SPDX-License-Identifier: MIT
import Addressing
import MediaClock
import Session
import Testing

@Suite struct LintTests {
  let grandmaster = EUI64(0x001D_C1FF_FE12_00A4)
  let host = IPv4Address(bits: 0x0A00_0001)

  var thisHost: ReceiverProfile {
    .thisHost(
      addresses: [host], clock: FollowedClock(domain: 0, grandmaster: grandmaster))
  }

  /// A stream that every receiver accepts.
  var stream: StreamDescription {
    var stream = StreamDescription(
      name: "Stage", origin: HostAddress(host),
      address: HostAddress(IPv4Address(bits: 0xEF45_0101)), port: 5004, payloadType: 98,
      encoding: .l24, channels: 8, frames: 48)
    stream.referenceClocks = [ReferenceClock(grandmaster: grandmaster, domain: 0)]
    stream.mediaClock = .direct(offset: 7)
    stream.sources = [host]
    stream.filterPlace = .media
    return stream
  }

  func changed(_ change: (inout StreamDescription) -> Void) -> StreamDescription {
    var stream = stream
    change(&stream)
    return stream
  }

  @Test func acceptsAGoodStream() {
    let verdict = thisHost.verdict(on: stream)
    #expect(verdict.isReceivable && verdict.obstacles.isEmpty)
    #expect(verdict.description == "Receivable.")
    #expect(PeerPreset.dante.receiver.verdict(on: stream).obstacles.isEmpty)
    #expect(PeerPreset.ravenna.receiver.verdict(on: stream).obstacles.isEmpty)
    #expect(PeerPreset.livewire.receiver.verdict(on: stream).obstacles.isEmpty)
  }

  /// Each obstacle alone, with a part of its sentence.
  @Test func namesEachObstacle() {
    let table: [(StreamDescription, Bool, String)] = [
      (changed { $0.isInactive = true }, false, "has stopped it"),
      (changed { $0.rate = 96_000 }, false, "its rate is 96000 Hz: set the sender to 48000 Hz."),
      (
        changed { $0.encoding = .other("AM824") }, false,
        "format is AM824: set the sender to L24 or L16"
      ),
      (changed { $0.frames = 5 }, true, "is 0.104 ms, which AES67 does not define"),
      (changed { $0.transport = "RTP/SAVP" }, false, "it is encrypted (RTP/SAVP)"),
      (changed { $0.transport = "UDP/TLS/RTP/SAVPF" }, false, "it is encrypted"),
      (changed { $0.transport = "TCP/RTP/AVP" }, false, "its transport is TCP/RTP/AVP"),
      (changed { $0.mappedPayloadType = 97 }, true, "but its format belongs to 97: both"),
      (
        changed {
          $0.channels = 80
          $0.frames = 6
        }, false, "it has 80 channels, and at most 64"
      ),
      (changed { $0.channels = 16 }, false, "would carry 2304 bytes, and 1440 fit"),
      (
        changed {
          $0.address.type = "IP6"
          $0.address.text = "ff15::1"
        }, false, "only IPv4"
      ),
      (
        changed { $0.address = HostAddress(IPv4Address(bits: 0x0A00_0009)) }, false,
        "it is sent only to 10.0.0.9"
      ),
      (
        changed {
          $0.referenceClocks = [ReferenceClock("ptp=IEEE1588-2008:00-1D-C1-FF-FE-12-00-A4:1")]
        },
        true, "domain 1, and ours in 0: it is played as it arrives"
      ),
      (
        changed {
          $0.referenceClocks = [ReferenceClock("ptp=IEEE1588-2008:00-1D-C1-FF-FE-12-00-A5:0")]
        },
        true, "grandmaster is 00-1D-C1-FF-FE-12-00-A5, and ours is 00-1D-C1-FF-FE-12-00-A4"
      ),
      (changed { $0.referenceClocks = [ReferenceClock("ptp=traceable")] }, true, "absolute time"),
      (changed { $0.referenceClocks = [ReferenceClock("gps")] }, true, "\"gps\" is unknown"),
      (changed { $0.referenceClocks = [] }, true, "does not follow a PTP clock"),
      (
        changed {
          $0.referenceClocks = []
          $0.mediaClock = nil
        }, true, "does not follow a PTP clock"
      ),
      (changed { $0.mediaClock = .sender }, true, "does not follow a PTP clock"),
      (
        changed { $0.mediaClock = .direct(offset: 0, numerator: 1000, denominator: 1001) }, true,
        "runs at 1000/1001"
      ),
      (changed { $0.payloadType = 11 }, true, "payload type 11"),
    ]
    for (stream, isReceivable, sentence) in table {
      let verdict = thisHost.verdict(on: stream)
      #expect(verdict.isReceivable == isReceivable, "\(verdict)")
      let concernsHost = sentence.contains("10.0.0.9")
      #expect(verdict.isLastingRefusal == (!isReceivable && !concernsHost), "\(verdict)")
      #expect(verdict.obstacles.count == 1, "\(verdict.obstacles)")
      #expect(verdict.description.contains(sentence), "\(verdict)")
      #expect(verdict.description.hasPrefix(isReceivable ? "Receivable, but " : "Not receivable: "))
    }
  }

  @Test func acceptsUnicastToThisHostAndUnknownClocks() {
    #expect(thisHost.verdict(on: changed { $0.address = HostAddress(host) }).obstacles.isEmpty)
    let zeros = changed {
      $0.referenceClocks = [ReferenceClock("ptp=IEEE1588-2008:00-00-00-00-00-00-00-00:0")]
    }
    #expect(thisHost.verdict(on: zeros).obstacles.isEmpty)
    let several = changed { $0.referenceClocks.insert(ReferenceClock("gps"), at: 0) }
    #expect(thisHost.verdict(on: several).obstacles.isEmpty)
    let withoutClock = ReceiverProfile.thisHost(addresses: [], clock: nil)
    #expect(withoutClock.verdict(on: stream).obstacles.isEmpty)
  }

  /// Of several clocks, the most suitable one counts, in any order (lab 10, SDP-08).
  @Test func usesTheBestOfSeveralClocks() {
    let foreign = ReferenceClock("ptp=IEEE1588-2008:00-1D-C1-FF-FE-12-00-A4:42")
    let traceable = ReferenceClock("ptp=IEEE1588-2008:traceable")
    let other = ReferenceClock("ptp=IEEE1588-2008:00-1D-C1-FF-FE-12-00-A5:0")
    let table: [([ReferenceClock], Obstacle)] = [
      ([foreign, traceable], .traceable), ([traceable, ReferenceClock("gps")], .traceable),
      (
        [traceable, other],
        .otherGrandmaster("00-1D-C1-FF-FE-12-00-A5", ours: "00-1D-C1-FF-FE-12-00-A4")
      ),
    ]
    for (clocks, obstacle) in table {
      for clocks in [clocks, clocks.reversed()] {
        let stream = changed { $0.referenceClocks = clocks }
        #expect(thisHost.verdict(on: stream).obstacles == [obstacle])
      }
    }
  }

  @Test func namesTheWorstObstacleFirst() {
    let verdict = thisHost.verdict(
      on: changed {
        $0.referenceClocks = []
        $0.rate = 44_100
      })
    #expect(verdict.obstacles == [.rate(44_100, allowed: 48_000), .unsynchronised])
    #expect(
      verdict.description
        == "Not receivable: its rate is 44100 Hz: set the sender to 48000 Hz (and 1 more).")
  }

  /// The obstacles that keep a Dante device from receiving a stream.
  @Test func checksForDanteDevices() {
    let dante = PeerPreset.dante.receiver
    let table: [(StreamDescription, Obstacle)] = [
      (
        changed { $0.address = HostAddress(IPv4Address(bits: 0xEF01_0101)) },
        .prefix("239.1.1.1", allowed: "239.69.0.0/16")
      ),
      (changed { $0.port = 5006 }, .port(5006, allowed: 5004)),
      (changed { $0.channels = 10 }, .channels(10, maximum: 8)),
      (changed { $0.filterPlace = .session }, .hiddenBySessionFilter),
      (changed { $0.referenceClocks = [] }, .noReferenceClock),
      (changed { $0.mediaClock = nil }, .noMediaClock),
    ]
    for (stream, obstacle) in table {
      #expect(dante.verdict(on: stream).obstacles == [obstacle])
      #expect(!dante.verdict(on: stream).isReceivable)
    }
  }

  /// The verdict of this host on the devices of the corpus.
  @Test func judgesTheCorpus() throws {
    let expected: [String: Bool] = [
      "dante": true, "merging": true, "lawo": true, "riedel": true, "linuxDaemon": true,
      "pipewire": true, "st2110": true,
    ]
    for (name, text) in Corpus.all {
      let stream = try SessionDescription(parsing: text).streams()[0]
      let verdict = thisHost.verdict(on: stream)
      #expect(verdict.isReceivable == expected[name], "\(name): \(verdict)")
    }
  }

  /// A stream with the values of a preset has no obstacle at the receivers of that preset.
  @Test(arguments: PeerPreset.allCases)
  func presetsSuitTheirReceivers(preset: PeerPreset) throws {
    var ours = changed { $0.payloadType = preset.payloadType }
    ours.frames = preset.packetTime.frames
    ours.referenceClocks = [ReferenceClock(grandmaster: grandmaster, domain: preset.ptpDomain)]
    let origin = Origin(identifier: 1, version: 1, address: ours.origin)
    let text = SessionDescription(
      origin: origin, name: "Stage", streams: [ours], style: preset.style
    ).text
    let read = try SessionDescription(parsing: text).streams()[0]
    #expect(preset.receiver.verdict(on: read).obstacles.isEmpty)
  }
}
