// SPDX-License-Identifier: GPL-2.0-only
/*
 * Calls that change what the process may do: the core remembers its capabilities
 * and is told to look again. Libraries for capabilities come by syscall(), too.
 */
#include "real.h"
#include <kapi/task.h>
#include <errno.h>
#include <linux/capability.h>
#include <sched.h>
#include <sys/fsuid.h>
#include <sys/syscall.h>

/* Around the call: another thread may look while it runs. */
#define changing(call) ({				\
	real_init();					\
	kapi_cred_changed();				\
	__typeof__(call) __changed = (call);		\
	kapi_cred_changed();				\
	__changed; })

EXPORT int setuid(uid_t uid)
{
	return changing(real_setuid(uid));
}

EXPORT int seteuid(uid_t uid)
{
	return changing(real_seteuid(uid));
}

EXPORT int setreuid(uid_t ruid, uid_t euid)
{
	return changing(real_setreuid(ruid, euid));
}

EXPORT int setresuid(uid_t ruid, uid_t euid, uid_t suid)
{
	return changing(real_setresuid(ruid, euid, suid));
}

EXPORT int setfsuid(uid_t uid)
{
	return changing(real_setfsuid(uid));
}

EXPORT int setns(int fd, int type)
{
	return changing(real_setns(fd, type));
}

int capset(cap_user_header_t head, const cap_user_data_t data);
EXPORT int capset(cap_user_header_t head, const cap_user_data_t data)
{
	return changing(real_capset(head, data));
}

static bool changes_cred(long nr)
{
	switch (nr) {
	case SYS_setuid:
	case SYS_setreuid:
	case SYS_setresuid:
	case SYS_setfsuid:
	case SYS_setns:
	case SYS_unshare:
	case SYS_capset:
		return true;
	default:
		return false;
	}
}

/* By its other name, since arguments of a known number need no va_list. */
long any_syscall(long nr, long a, long b, long c, long d, long e, long f) __asm__("syscall");
EXPORT long any_syscall(long nr, long a, long b, long c, long d, long e, long f)
{
	register long r10 __asm__("r10") = d, r8 __asm__("r8") = e, r9 __asm__("r9") = f;
	bool cred = __builtin_expect(changes_cred(nr), 0);
	long ret = nr;

	if (cred)
		kapi_cred_changed();
	__asm__ volatile ("syscall"
			  : "+a" (ret), "+D" (a), "+S" (b), "+d" (c), "+r" (r10), "+r" (r8),
			    "+r" (r9)
			  :: "rcx", "r11", "memory");
	if (cred)
		kapi_cred_changed();
	if (__builtin_expect((unsigned long)ret > -4096ul, 0)) {
		errno = -ret;
		ret = -1;
	}
	return ret;
}
