// SPDX-License-Identifier: MIT
#include <alsa/asoundlib.h>
