// SPDX-License-Identifier: GPL-2.0-only
/*
 * Signals: SIGSEGV and SIGBUS belong to the core, which hands on to the program
 * what is the program's. They are never blocked, since a fault that finds its
 * signal blocked kills the process.
 */
#include "real.h"
#include <kapi/fault.h>
#include <errno.h>
#include <string.h>

static bool is_fault(int sig)
{
	return sig == SIGSEGV || sig == SIGBUS;
}

EXPORT int sigaction(int sig, const struct sigaction *act, struct sigaction *old)
{
	struct sigaction copy;

	real_init();
	if (is_fault(sig))
		return result(kapi_sigaction(sig, act, old));
	if (act) {
		copy = *act;
		sigdelset(&copy.sa_mask, SIGSEGV);
		sigdelset(&copy.sa_mask, SIGBUS);
		act = &copy;
	}
	return real_sigaction(sig, act, old);
}

EXPORT sighandler_t signal(int sig, sighandler_t handler)
{
	struct sigaction act = { .sa_handler = handler, .sa_flags = SA_RESTART }, old;

	sigaddset(&act.sa_mask, sig);
	return sigaction(sig, &act, &old) ? SIG_ERR : old.sa_handler;
}

typedef int (*mask_fn)(int, const sigset_t *, sigset_t *);

static int set_mask(mask_fn real, int how, const sigset_t *set, sigset_t *old)
{
	sigset_t copy;

	if (set && how != SIG_UNBLOCK) {
		copy = *set;
		sigdelset(&copy, SIGSEGV);
		sigdelset(&copy, SIGBUS);
		set = &copy;
	}
	return real(how, set, old);
}

EXPORT int sigprocmask(int how, const sigset_t *set, sigset_t *old)
{
	real_init();
	return set_mask(real_sigprocmask, how, set, old);
}

EXPORT int pthread_sigmask(int how, const sigset_t *set, sigset_t *old)
{
	real_init();
	return set_mask(real_pthread_sigmask, how, set, old);
}
