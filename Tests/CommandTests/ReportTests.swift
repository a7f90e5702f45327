// SPDX-License-Identifier: MIT
import Testing

@testable import aes67

/// Redaction of secrets in a bug report, and the place where the control panel is opened.
@Suite struct ReportTests {
  @Test(arguments: [
    ("sdp-url: http://me:pa55@10.0.0.9/a", "sdp-url: http://[left out]@10.0.0.9/a"),
    ("http://10.0.0.9/a@b", "http://10.0.0.9/a@b"),
    (
      "a ftp://x@h and http://y:z@[::1]:80/", "a ftp://[left out]@h and http://[left out]@[::1]:80/"
    ),
    ("http://127.0.0.1:8067/#token=0123", "http://127.0.0.1:8067/#token= [left out]"),
    ("  \"Password\": \"x\",", "  \"Password\": [left out]"),
    ("API_SECRET = 1", "API_SECRET = [left out]"), ("secret=1", "secret= [left out]"),
    ("the token is missing or wrong", "the token is missing or wrong"),
    ("Überraschung token: é", "Überraschung token: [left out]"), ("", ""),
  ])
  func secretsAreLeftOut(line: String, expected: String) {
    #expect(Redaction.text(of: line) == expected)
    #expect(Redaction.text(of: "a\n\(line)\nb") == "a\n\(expected)\nb")
  }

  @Test func thePanelIsOpenedWhereTheUserIs() {
    let address = "http://127.0.0.1:8067/#token=0"
    let ssh = PanelPlace { ["SSH_CONNECTION": "10.0.0.5 5022 10.0.0.9 22", "DISPLAY": ":0"][$0] }
    #expect(ssh == .ssh(host: "10.0.0.9"))
    #expect(
      ssh.instructions(address) == ["on your own computer: ssh -L 8067:127.0.0.1:8067 10.0.0.9"])
    #expect(PanelPlace { ["WAYLAND_DISPLAY": "wayland-0"][$0] } == .display)
    #expect(PanelPlace { ["DISPLAY": ""][$0] } == PanelPlace.none)
    #expect(PanelPlace { ["SSH_CONNECTION": "what"][$0] } == PanelPlace.none)
    #expect(PanelPlace.none.instructions(address).isEmpty)
  }
}
