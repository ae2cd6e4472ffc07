/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _LINUX_BSEARCH_H
#define _LINUX_BSEARCH_H

#include <stdlib.h>

#endif
