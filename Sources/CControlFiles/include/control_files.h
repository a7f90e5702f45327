// SPDX-License-Identifier: MIT
#ifndef CONTROL_FILES_H
#define CONTROL_FILES_H

#include <stddef.h>

// The files that are embedded in the daemon and served over HTTP. C embeds them, because Swift's compiler takes half a
// minute for as many bytes in array literals.

struct control_file {
  const char *name;
  const unsigned char *bytes;
  size_t size;
};

// Every file of Control/Panel; a unit test compares them with the directory.
extern const size_t control_panel_file_count;
const struct control_file *control_panel_file(size_t index);

// Control/openapi.yaml.
extern const struct control_file control_openapi;

#endif
