// SPDX-License-Identifier: MIT
#include "control_files.h"

// C23 has #embed; the compiler knows it in older modes as well.
#pragma clang diagnostic ignored "-Wc23-extensions"

static const unsigned char blocks_js[] = {
#embed "../Control/Panel/blocks.js"
};
static const unsigned char boot_js[] = {
#embed "../Control/Panel/boot.js"
};
static const unsigned char clock_js[] = {
#embed "../Control/Panel/clock.js"
};
static const unsigned char configuration_js[] = {
#embed "../Control/Panel/configuration.js"
};
static const unsigned char crossing_js[] = {
#embed "../Control/Panel/crossing.js"
};
static const unsigned char discovery_js[] = {
#embed "../Control/Panel/discovery.js"
};
static const unsigned char dom_js[] = {
#embed "../Control/Panel/dom.js"
};
static const unsigned char drag_js[] = {
#embed "../Control/Panel/drag.js"
};
static const unsigned char events_js[] = {
#embed "../Control/Panel/events.js"
};
static const unsigned char feed_js[] = {
#embed "../Control/Panel/feed.js"
};
static const unsigned char forms_js[] = {
#embed "../Control/Panel/forms.js"
};
static const unsigned char frame_css[] = {
#embed "../Control/Panel/frame.css"
};
static const unsigned char graph_js[] = {
#embed "../Control/Panel/graph.js"
};
static const unsigned char grid_js[] = {
#embed "../Control/Panel/grid.js"
};
static const unsigned char health_js[] = {
#embed "../Control/Panel/health.js"
};
static const unsigned char icon_svg[] = {
#embed "../Control/Panel/icon.svg"
};
static const unsigned char index_html[] = {
#embed "../Control/Panel/index.html"
};
static const unsigned char keys_js[] = {
#embed "../Control/Panel/keys.js"
};
static const unsigned char main_js[] = {
#embed "../Control/Panel/main.js"
};
static const unsigned char meterbank_js[] = {
#embed "../Control/Panel/meterbank.js"
};
static const unsigned char metercards_js[] = {
#embed "../Control/Panel/metercards.js"
};
static const unsigned char meters_css[] = {
#embed "../Control/Panel/meters.css"
};
static const unsigned char notes_js[] = {
#embed "../Control/Panel/notes.js"
};
static const unsigned char overview_js[] = {
#embed "../Control/Panel/overview.js"
};
static const unsigned char packets_js[] = {
#embed "../Control/Panel/packets.js"
};
static const unsigned char parts_css[] = {
#embed "../Control/Panel/parts.css"
};
static const unsigned char pills_js[] = {
#embed "../Control/Panel/pills.js"
};
static const unsigned char presets_js[] = {
#embed "../Control/Panel/presets.js"
};
static const unsigned char programs_js[] = {
#embed "../Control/Panel/programs.js"
};
static const unsigned char router_js[] = {
#embed "../Control/Panel/router.js"
};
static const unsigned char routes_js[] = {
#embed "../Control/Panel/routes.js"
};
static const unsigned char routing_css[] = {
#embed "../Control/Panel/routing.css"
};
static const unsigned char routing_js[] = {
#embed "../Control/Panel/routing.js"
};
static const unsigned char sdp_js[] = {
#embed "../Control/Panel/sdp.js"
};
static const unsigned char session_js[] = {
#embed "../Control/Panel/session.js"
};
static const unsigned char settings_js[] = {
#embed "../Control/Panel/settings.js"
};
static const unsigned char store_js[] = {
#embed "../Control/Panel/store.js"
};
static const unsigned char streams_js[] = {
#embed "../Control/Panel/streams.js"
};
static const unsigned char theme_css[] = {
#embed "../Control/Panel/theme.css"
};
static const unsigned char views_css[] = {
#embed "../Control/Panel/views.css"
};
static const unsigned char words_js[] = {
#embed "../Control/Panel/words.js"
};

static const unsigned char openapi_yaml[] = {
#embed "../Control/openapi.yaml"
};

#define FILE(name, bytes) {name, bytes, sizeof bytes}

static const struct control_file panel_files[] = {
    FILE("blocks.js", blocks_js),
    FILE("boot.js", boot_js),
    FILE("clock.js", clock_js),
    FILE("configuration.js", configuration_js),
    FILE("crossing.js", crossing_js),
    FILE("discovery.js", discovery_js),
    FILE("dom.js", dom_js),
    FILE("drag.js", drag_js),
    FILE("events.js", events_js),
    FILE("feed.js", feed_js),
    FILE("forms.js", forms_js),
    FILE("frame.css", frame_css),
    FILE("graph.js", graph_js),
    FILE("grid.js", grid_js),
    FILE("health.js", health_js),
    FILE("icon.svg", icon_svg),
    FILE("index.html", index_html),
    FILE("keys.js", keys_js),
    FILE("main.js", main_js),
    FILE("meterbank.js", meterbank_js),
    FILE("metercards.js", metercards_js),
    FILE("meters.css", meters_css),
    FILE("notes.js", notes_js),
    FILE("overview.js", overview_js),
    FILE("packets.js", packets_js),
    FILE("parts.css", parts_css),
    FILE("pills.js", pills_js),
    FILE("presets.js", presets_js),
    FILE("programs.js", programs_js),
    FILE("router.js", router_js),
    FILE("routes.js", routes_js),
    FILE("routing.css", routing_css),
    FILE("routing.js", routing_js),
    FILE("sdp.js", sdp_js),
    FILE("session.js", session_js),
    FILE("settings.js", settings_js),
    FILE("store.js", store_js),
    FILE("streams.js", streams_js),
    FILE("theme.css", theme_css),
    FILE("views.css", views_css),
    FILE("words.js", words_js),
};
const size_t control_panel_file_count = sizeof panel_files / sizeof *panel_files;

const struct control_file *control_panel_file(size_t index) { return &panel_files[index]; }

const struct control_file control_openapi = FILE("openapi.yaml", openapi_yaml);
