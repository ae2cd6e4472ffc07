// SPDX-License-Identifier: GPL-2.0-only
/*
 * Functions in a hot-plug slot: they are reset with their slot, and one beside it
 * with the whole bus. And errors that a port reports. Clauses SET, RST, IRQ.
 */
#include <kapi/pci_aer.h>
#include <sys/eventfd.h>

#include "tap.h"
#include "vfio_machine.h"

#define IN_SLOT	"0000:01:00.0"
#define BESIDE	"0000:01:01.0"
#define ALONE	"0000:02:00.0"

static int container, group_in, group_beside, in_slot, beside;

static int reset_info(int fd, unsigned int *count)
{
	struct {
		struct vfio_pci_hot_reset_info info;
		struct vfio_pci_dependent_device dev[4];
	} arg = { .info.argsz = sizeof(arg) };
	int ret = sys(fd, VFIO_DEVICE_GET_PCI_HOT_RESET_INFO, &arg);

	*count = arg.info.count;
	return ret;
}

static bool text_is(const char *path, const char *want)
{
	struct kapi_node *node;
	char text[64] = "";

	if (kapi_lookup(path, true, &node))
		return false;
	kapi_attr_read(node, text, 0, sizeof(text) - 1);
	kapi_node_put(node);
	return !strcmp(text, want);
}

static void test_slots(void)
{
	ok(text_is("/sys/bus/pci/slots/1/address", "0000:01:00\n"), "slot 1 in sysfs");
	ok(text_is("/sys/bus/pci/devices/" ALONE "/reset_method", "bus\n"),
	   "who is alone in a slot can be reset by it");
	is(pci_probe_reset_slot(dev_of(IN_SLOT)->slot), 0, "a slot that can be reset");
	is(pci_probe_reset_slot(dev_of(BESIDE)->slot), -ENOTTY, "no slot, no reset of it");
	dev_of(IN_SLOT)->dev_flags |= PCI_DEV_FLAGS_NO_BUS_RESET;
	is(pci_probe_reset_slot(dev_of(IN_SLOT)->slot), -ENOTTY, "not with such a function in it");
	dev_of(IN_SLOT)->dev_flags &= ~PCI_DEV_FLAGS_NO_BUS_RESET;
}

static u64 resets(int fd)
{
	return mock_get(fd, MOCK_REG_RESETS);
}

static void test_hot_reset(void)
{
	u64 before_in = resets(in_slot), before_beside = resets(beside);
	int both[] = { group_in, group_beside };
	unsigned int count;

	is(reset_info(in_slot, &count), 0, "info in the slot");
	is(count, 1, "only what is in the slot");
	is(reset_info(beside, &count), 0, "info beside it");
	is(count, 2, "all of the bus");

	is(hot_reset(in_slot, &group_in, 1), 0, "the slot's only owner resets it");
	is(resets(in_slot), before_in + 1, "the one in it is reset");
	is(resets(beside), before_beside, "the one beside it is not");
	is(hot_reset(in_slot, both, 2), -EINVAL, "more groups than devices in the slot");
	is(hot_reset(beside, &group_beside, 1), -EINVAL, "the bus is not his alone");
	is(hot_reset(beside, both, 2), -EINVAL, "nor of one device set");
}

static u64 told(int event)
{
	u64 count = 0;

	return read(event, &count, sizeof(count)) == sizeof(count) ? count : 0;
}

#define EVENTFD_TRIGGER (VFIO_IRQ_SET_DATA_EVENTFD | VFIO_IRQ_SET_ACTION_TRIGGER)

static void test_errors(void)
{
	int event[] = { eventfd(0, EFD_NONBLOCK), eventfd(0, EFD_NONBLOCK) };
	struct pci_dev *dev = dev_of(IN_SLOT);

	is(set_irqs(in_slot, EVENTFD_TRIGGER, VFIO_PCI_ERR_IRQ_INDEX, 0, 1, &event[0]), 0, "ERR");
	is(set_irqs(beside, EVENTFD_TRIGGER, VFIO_PCI_ERR_IRQ_INDEX, 0, 1, &event[1]), 0,
	   "ERR of the other");
	is(kapi_pci_inject_error(dev, false), PCI_ERS_RESULT_RECOVERED, "an error, not fatal");
	is(told(event[0]), 1, "the user is told");
	is(told(event[1]), 1, "and whoever is on the bus");
	ok(dev->error_state == pci_channel_io_normal, "it goes on");

	is(kapi_pci_inject_error(dev, true), PCI_ERS_RESULT_RECOVERED, "a fatal error");
	is(told(event[0]), 1, "the user is told");
	ok(dev->error_state == pci_channel_io_normal, "it goes on");

	is(attr_put("/sys/bus/pci/devices/" ALONE "/driver/unbind", ALONE), 0, "one without driver");
	is(kapi_pci_inject_error(dev_of(ALONE), false), PCI_ERS_RESULT_NO_AER_DRIVER,
	   "nobody to say what its error means");
	is(told(event[0]), 0, "other buses do not hear of it");
	close(event[0]);
	close(event[1]);
}

static int join(int group)
{
	return sys(group, VFIO_GROUP_SET_CONTAINER, &container);
}

int main(void)
{
	static const char topology[] =
		"iommu vtd\n"
		"port 04 hotplug\n"
		"edu 00.0 acs driver=mock_vfio_pci\n"
		"edu 01.0 acs driver=mock_vfio_pci\n"
		"root\n"
		"port 05 hotplug\n"
		"edu 00.0 acs driver=mock_vfio_pci\n";
	FILE *file = tmpfile();
	char path[32];

	setvbuf(stdout, NULL, _IOLBF, 0);
	fputs(topology, file);
	fflush(file);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fileno(file));
	kapi_init();
	if (kapi_load_modules() || vfio_model_init(path)) {
		printf("Bail out! no machine: %s\n", vfio_model_error());
		return 2;
	}
	fclose(file);

	container = open_container();
	group_in = open_group(group_of(IN_SLOT));
	group_beside = open_group(group_of(BESIDE));
	is(join(group_in), 0, "the group in the slot");
	is(sysv(container, VFIO_SET_IOMMU, VFIO_TYPE1v2_IOMMU), 0, "a backend");
	is(join(group_beside), 0, "the group beside it");
	in_slot = open_device(group_in, IN_SLOT);
	beside = open_device(group_beside, BESIDE);
	ok(in_slot >= 0 && beside >= 0, "both devices open");
	test_slots();
	test_hot_reset();
	test_errors();
	return tap_done();
}
