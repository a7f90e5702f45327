// SPDX-License-Identifier: MIT
// The header is the contract; this file makes it a target and compiles it once on its own.
#include "aes67_shm.h"
