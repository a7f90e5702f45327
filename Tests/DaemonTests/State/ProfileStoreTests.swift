// SPDX-License-Identifier: MIT
import DaemonConfiguration
import Foundation
import Testing

@testable import Daemon

/// Where profiles are found, and which names lead nowhere.
@Suite struct ProfileStoreTests {
  private let shipped = ProfileStore([
    #filePath.components(separatedBy: "/Tests/")[0] + "/configs/profiles"
  ])

  @Test func listsWhatItHas() throws {
    #expect(shipped.names == ["interop", "low-latency"])
    #expect(ProfileStore(["/nowhere"]).names == ["interop"])
    #expect(try shipped.open("low-latency")?["network"]?["dscp"]?.text == "46")
  }

  @Test func theUsualOneNeedNotBeThere() throws {
    #expect(try ProfileStore(["/nowhere"]).open("interop") == nil)
  }

  @Test(arguments: ["nosuch", "../aes67d", "", "a/b", "low-latency.yaml", "\u{0}"])
  func otherNamesAreRefusedWithThoseThereAre(name: String) {
    let error = #expect(throws: ConfigurationError.self) { try shipped.open(name) }
    #expect(error?.description.contains("interop, low-latency") == true)
  }

  /// A file in the root directory, in the working directory and in any other.
  @Test(arguments: [
    ("/aes67d.yaml", "/profiles"), ("aes67d.yaml", "./profiles"),
    ("/etc/aes67/aes67d.yaml", "/etc/aes67/profiles"),
  ])
  func profilesLieBesideTheFile(file: String, directory: String) {
    #expect(ProfileStore(besideFile: file) == ProfileStore([directory, ProfileStore.shipped]))
  }
}
