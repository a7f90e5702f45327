// SPDX-License-Identifier: MIT
import Testing

@testable import aes67

/// The conditions under which `aes67 card on` refuses, and its messages.
@Suite struct PlaceholderCardTests {
  private func card(files: Set<String>, hasModule: Bool = true) -> PlaceholderCard {
    PlaceholderCard(output: { _ in hasModule ? "" : nil }, exists: { files.contains($0) })
  }

  @Test func theModuleAndTheDefinitionsAreNeeded() {
    #expect(card(files: [PlaceholderCard.shipped]).obstacle == nil)
    #expect(card(files: []).obstacle?.hint == "install aes67-vsc again")
    let refusal = card(files: [PlaceholderCard.shipped], hasModule: false).obstacle
    #expect(refusal?.reason == "the running kernel has no module snd-dummy")
  }

  /// `card on` refuses if snd-dummy is loaded for another card, but not if it is loaded for the AES67 card.
  @Test func theModuleMayBelongToAnotherCard() {
    let loaded: Set = [PlaceholderCard.shipped, "/sys/module/snd_dummy"]
    #expect(
      card(files: loaded).obstacle?.reason == "the module snd-dummy is in use for another card")
    #expect(card(files: loaded.union(["/proc/asound/AES67"])).obstacle == nil)
  }
}
