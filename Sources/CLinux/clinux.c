// SPDX-License-Identifier: MIT
#include "clinux.h"
