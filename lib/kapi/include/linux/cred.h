/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KAPI_LINUX_CRED_H
#define KAPI_LINUX_CRED_H

#include <linux/types.h>
#include <linux/capability.h>
#include <unistd.h>

typedef struct { uid_t val; } kuid_t;
typedef struct { gid_t val; } kgid_t;

#define current_uid()	((kuid_t) { getuid() })
#define current_euid()	((kuid_t) { geteuid() })
#define current_gid()	((kgid_t) { getgid() })
#define current_egid()	((kgid_t) { getegid() })

static inline bool uid_eq(kuid_t a, kuid_t b)
{
	return a.val == b.val;
}

#endif
