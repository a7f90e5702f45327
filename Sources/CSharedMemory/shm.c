// SPDX-License-Identifier: MIT
// The headers are the contract; this file makes them a target and compiles them once on their own.
#include "aes67_labels.h"
#include "aes67_shm.h"
