// SPDX-License-Identifier: MIT
#ifndef CLINUX_H
#define CLINUX_H
#include <time.h>
#endif
