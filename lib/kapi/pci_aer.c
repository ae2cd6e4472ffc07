// SPDX-License-Identifier: GPL-2.0-only
/* Error recovery: what drivers say to an error, and what is done about it. */
#include <kapi/pci_aer.h>

#include "pci_internal.h"

struct recovery {
	pci_channel_state_t state;
	enum pci_ers_result vote;
};

/* The worse of two opinions; without a driver to speak for a function nothing is sure. */
static enum pci_ers_result worse(enum pci_ers_result vote, enum pci_ers_result other)
{
	if (vote == PCI_ERS_RESULT_NO_AER_DRIVER || other == PCI_ERS_RESULT_NO_AER_DRIVER)
		return PCI_ERS_RESULT_NO_AER_DRIVER;
	if (other == PCI_ERS_RESULT_NONE)
		return vote;
	switch (vote) {
	case PCI_ERS_RESULT_CAN_RECOVER:
	case PCI_ERS_RESULT_RECOVERED:
		return other;
	case PCI_ERS_RESULT_DISCONNECT:
		return other == PCI_ERS_RESULT_NEED_RESET ? other : vote;
	default:
		return vote;
	}
}

static const struct pci_error_handlers *handlers_of(struct pci_dev *dev)
{
	return dev->driver ? dev->driver->err_handler : NULL;
}

static int detected(struct pci_dev *dev, void *data)
{
	const struct pci_error_handlers *err;
	struct recovery *r = data;
	enum pci_ers_result vote;

	device_lock(&dev->dev);
	err = handlers_of(dev);
	dev->error_state = r->state;
	if (err && err->error_detected)
		vote = err->error_detected(dev, r->state);
	else
		vote = dev->subordinate ? PCI_ERS_RESULT_NONE : PCI_ERS_RESULT_NO_AER_DRIVER;
	r->vote = worse(r->vote, vote);
	device_unlock(&dev->dev);
	return 0;
}

static int mmio_enabled(struct pci_dev *dev, void *data)
{
	const struct pci_error_handlers *err;
	struct recovery *r = data;

	device_lock(&dev->dev);
	err = handlers_of(dev);
	if (err && err->mmio_enabled)
		r->vote = worse(r->vote, err->mmio_enabled(dev));
	device_unlock(&dev->dev);
	return 0;
}

static int slot_reset(struct pci_dev *dev, void *data)
{
	const struct pci_error_handlers *err;
	struct recovery *r = data;

	device_lock(&dev->dev);
	dev->error_state = pci_channel_io_normal;
	err = handlers_of(dev);
	if (err && err->slot_reset)
		r->vote = worse(r->vote, err->slot_reset(dev));
	device_unlock(&dev->dev);
	return 0;
}

static int resume(struct pci_dev *dev, void *data)
{
	const struct pci_error_handlers *err;

	device_lock(&dev->dev);
	dev->error_state = pci_channel_io_normal;
	err = handlers_of(dev);
	if (err && err->resume)
		err->resume(dev);
	device_unlock(&dev->dev);
	return 0;
}

struct hit {
	struct pci_dev *dev[256];
	unsigned int n;
};

static int take(struct pci_dev *dev, void *data)
{
	struct hit *hit = data;

	if (hit->n == ARRAY_SIZE(hit->dev))
		return 1;
	hit->dev[hit->n++] = pci_dev_get(dev);
	return 0;
}

/*
 * All that is behind the port of @dev, or the device alone on the root bus. Found
 * first and asked then: drivers take locks under which others walk buses.
 */
static void each(struct pci_dev *dev, int (*fn)(struct pci_dev *dev, void *data), void *data)
{
	struct hit hit = { .n = 0 };
	unsigned int i;

	if (pci_is_root_bus(dev->bus))
		take(dev, &hit);
	else
		pci_walk_bus(dev->bus, take, &hit);
	for (i = 0; i < hit.n; i++) {
		fn(hit.dev[i], data);
		pci_dev_put(hit.dev[i]);
	}
}

enum pci_ers_result kapi_pci_inject_error(struct pci_dev *dev, bool fatal)
{
	struct recovery r = {
		.state = fatal ? pci_channel_io_frozen : pci_channel_io_normal,
		.vote = PCI_ERS_RESULT_CAN_RECOVER,
	};

	each(dev, detected, &r);
	if (fatal && dev->bus->self)
		pci_bridge_secondary_bus_reset(dev->bus->self);
	if (r.vote == PCI_ERS_RESULT_CAN_RECOVER) {
		r.vote = PCI_ERS_RESULT_RECOVERED;
		each(dev, mmio_enabled, &r);
	}
	if (r.vote == PCI_ERS_RESULT_NEED_RESET) {
		r.vote = PCI_ERS_RESULT_RECOVERED;
		each(dev, slot_reset, &r);
	}
	if (r.vote == PCI_ERS_RESULT_RECOVERED)
		each(dev, resume, NULL);
	else
		pci_err(dev, "no recovery from the error\n");
	return r.vote;
}
