// SPDX-License-Identifier: MIT

extension PanelFiles {
  /// Every file of `Control/Panel` by its name; a unit test compares them with the directory.
  static var embedded: [(name: String, bytes: [UInt8])] {
    [
      ("blocks.js", PackageResources.blocks_js),
      ("crossing.js", PackageResources.crossing_js),
      ("dom.js", PackageResources.dom_js),
      ("drag.js", PackageResources.drag_js),
      ("feed.js", PackageResources.feed_js),
      ("frame.css", PackageResources.frame_css),
      ("grid.js", PackageResources.grid_js),
      ("health.js", PackageResources.health_js),
      ("icon.svg", PackageResources.icon_svg),
      ("index.html", PackageResources.index_html),
      ("keys.js", PackageResources.keys_js),
      ("main.js", PackageResources.main_js),
      ("meterbank.js", PackageResources.meterbank_js),
      ("metercards.js", PackageResources.metercards_js),
      ("meters.css", PackageResources.meters_css),
      ("notes.js", PackageResources.notes_js),
      ("overview.js", PackageResources.overview_js),
      ("parts.css", PackageResources.parts_css),
      ("pills.js", PackageResources.pills_js),
      ("presets.js", PackageResources.presets_js),
      ("router.js", PackageResources.router_js),
      ("routes.js", PackageResources.routes_js),
      ("routing.css", PackageResources.routing_css),
      ("routing.js", PackageResources.routing_js),
      ("session.js", PackageResources.session_js),
      ("store.js", PackageResources.store_js),
      ("theme.css", PackageResources.theme_css),
      ("words.js", PackageResources.words_js),
    ]
  }
}
