// SPDX-License-Identifier: MIT

extension PanelFiles {
  /// Every file of `Control/Panel` by its name; a unit test compares them with the directory.
  static var embedded: [(name: String, bytes: [UInt8])] {
    [
      ("blocks.js", PackageResources.blocks_js),
      ("boot.js", PackageResources.boot_js),
      ("clock.js", PackageResources.clock_js),
      ("configuration.js", PackageResources.configuration_js),
      ("crossing.js", PackageResources.crossing_js),
      ("discovery.js", PackageResources.discovery_js),
      ("dom.js", PackageResources.dom_js),
      ("drag.js", PackageResources.drag_js),
      ("events.js", PackageResources.events_js),
      ("feed.js", PackageResources.feed_js),
      ("forms.js", PackageResources.forms_js),
      ("frame.css", PackageResources.frame_css),
      ("graph.js", PackageResources.graph_js),
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
      ("programs.js", PackageResources.programs_js),
      ("router.js", PackageResources.router_js),
      ("routes.js", PackageResources.routes_js),
      ("routing.css", PackageResources.routing_css),
      ("routing.js", PackageResources.routing_js),
      ("sdp.js", PackageResources.sdp_js),
      ("session.js", PackageResources.session_js),
      ("settings.js", PackageResources.settings_js),
      ("store.js", PackageResources.store_js),
      ("streams.js", PackageResources.streams_js),
      ("theme.css", PackageResources.theme_css),
      ("views.css", PackageResources.views_css),
      ("words.js", PackageResources.words_js),
    ]
  }
}
