/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KAPI_FAIL_ALLOC_H
#define KAPI_FAIL_ALLOC_H

/*
 * Allocation failure on purpose, for this thread only.
 *
 * kapi_fail_alloc(n): the n-th allocation of this thread from now on fails (1:
 * the next), once; 0: none. Returns what was left of the setting before: 0 if
 * the failure was delivered (or none was set), else how many allocations were
 * still to come. __GFP_NOFAIL allocations are neither counted nor failed.
 */
long kapi_fail_alloc(long n);

#endif
