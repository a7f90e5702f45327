// SPDX-License-Identifier: MIT
import DaemonConfiguration
import Testing

/// The settings that may override the configuration file (assault F1, F7). The parsed key decides.
@Suite struct SettingRefusalTests {
  /// Invalid keys, among them spellings that become a key of the file if empty parts are dropped.
  @Test(arguments: [
    ".layout.sdp", "layout..sdp", "layout.sdp.", "..layout.sdp", ".control.port",
    ".control.socket-group", ".device.socket-group", "control.port.", "layout", "sdp", "", ".",
    "Layout.sdp", " layout.sdp", "layout.sdp ", "layout.sdp\u{0}", "senders", "receivers.0.sdp",
    ".profile", "profile.", "control.socket-group.x",
  ])
  func invalidKeysAreUnknown(key: String) {
    #expect(SettingRefusal(key, "x") == .unknown(key))
  }

  @Test func accessAndPathsCanOnlyBeSetInTheFile() {
    for key in ["layout.sdp", "control.socket-group", "control.port", "device.socket-group"] {
      #expect(SettingRefusal(key, "x") == .fileOnly(key))
    }
    let open = ConfigurationSection.all.flatMap { section in
      section.attributes.filter { $0.scope == .everywhere }.map { "\(section.name).\($0.key)" }
    }
    #expect(open.count > 30 && open.allSatisfy { SettingRefusal($0, "x") == nil })
    #expect(SettingRefusal("profile", "x") == nil)
  }

  @Test(arguments: ["/dev/ptp0", "/dev/ptp9999"])
  func theClockOfACardMayBeSet(path: String) {
    #expect(SettingRefusal("clock.source", "phc:\(path)") == nil)
  }

  @Test(arguments: [
    "/etc/shadow", "/tmp/fifo", "/dev/ptp", "/dev/ptp0/../../etc/shadow", "/dev/ptpx", "/dev/ptp0 ",
    "/dev/ptp0x", "/dev/ptp00000", "//dev/ptp0", "/dev/../dev/ptp0", "/dev/ptp\u{0661}",
  ])
  func otherFilesMayNotBeSet(path: String) {
    guard case .fileOnlyValue("clock.source", _)? = SettingRefusal("clock.source", "phc:\(path)")
    else {
      Issue.record("\(path) is accepted")
      return
    }
  }
}
