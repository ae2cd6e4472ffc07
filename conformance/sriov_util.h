/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * VFs of a named PF on vfio-pci: making them, finding them, opening with a VF
 * token, and taking them away on every way out of a test.
 */
#ifndef SRIOV_UTIL_H
#define SRIOV_UTIL_H

#include <stdbool.h>
#include <sys/types.h>

#include "client/vfio_client.h"

#define TOKEN_RIGHT	"83d8f4f2-509f-382f-3c1e-e6bfe0fa1001"
#define TOKEN_WRONG	"83d8f4f2-509f-382f-3c1e-e6bfe0fa1002"

struct sriov {
	char pf[BDF_MAX];
	unsigned int total;	/* VFs it can have */
	int pipe;		/* closed: take them away */
	pid_t keeper;
};

/*
 * A PF that a test can make VFs of; NULL, with the reason in *@why, if none is
 * named, or vfio-pci or this user may not, or it has VFs that somebody made.
 */
const char *sriov_candidate(const char **why);
/*
 * Have @pf's VFs go when the process ends, its autoprobe and reset_method
 * attributes and vfio-pci's enable_sriov become what they were, and a PF whose
 * driver was taken get it back. Until then an emulated PF has no reset.
 */
void sriov_keep(struct sriov *s, const char *pf);
/* Do that now. */
void sriov_restore(struct sriov *s);

/* Write to sriov_numvfs: bytes or -errno. */
int __sriov_set(const struct sriov *s, unsigned int count);
void sriov_set(const struct sriov *s, unsigned int count);
/* Name of VF @index; false if there is none. */
bool sriov_vf(const struct sriov *s, unsigned int index, char bdf[BDF_MAX]);
/* Write vfio_pci.enable_sriov, "Y" or "N": bytes or -errno. */
int __sriov_set_param(const char *text);

/* GROUP_GET_DEVICE_FD of @bdf with vf_token=@token, or without one (NULL). */
int __token_open(int group, const char *bdf, const char *token);

/* Text of a token to the 16 bytes that the feature PCI_VF_TOKEN takes. */
void token_bytes(const char *text, uint8_t bytes[16]);

#endif
