/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The kernel whose driver interface a file is compiled against: -DKAPI_LEVEL=519,
 * 601 or 612, for 5.19, 6.1 and 6.12. Without it 6.12, which is also what the core
 * itself is written against. Drivers of several levels work side by side: where a
 * function changed over time, the headers of an earlier level give its name
 * another symbol, and an adapter behind that translates (lib/core/compat.h).
 */
#ifndef KAPI_LEVEL_H
#define KAPI_LEVEL_H

#ifndef KAPI_LEVEL
#define KAPI_LEVEL 612
#endif

#if KAPI_LEVEL != 519 && KAPI_LEVEL != 601 && KAPI_LEVEL != 612
#error "KAPI_LEVEL is 519, 601 or 612"
#endif

#endif
