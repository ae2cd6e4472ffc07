// SPDX-License-Identifier: GPL-2.0-only
/*
 * The life of a device: alloc, init, register, open, close, unregister, put;
 * device sets; which KVM it belongs to. Clauses DRV, SET, DEV, KVM-043 to KVM-050.
 */
#include <linux/file.h>
#include <linux/kvm_host.h>
#include <pthread.h>
#include "core_test.h"
#include "../core/profile.h"

/* Container and group of one device, ready to open it. */
struct setup {
	int container, group;
};

static struct setup setup_open(struct vfio_device *vdev)
{
	struct setup s = { open_container(), open_group(vdev) };

	is(sys(s.group, VFIO_GROUP_SET_CONTAINER, &s.container), 0, "%s joins a container",
	   dev_name(vdev->dev));
	is(sysv(s.container, VFIO_SET_IOMMU, VFIO_TYPE1v2_IOMMU), 0, "type1 v2");
	return s;
}

static void setup_close(struct setup s)
{
	kapi_sys_close(s.group);
	kapi_sys_close(s.container);
}

static void test_alloc(void)
{
	struct device *dev = fake_parent("fake-alloc");
	unsigned int released = 0;
	struct fake *fake;

	fake_init_errno = -EDOM;
	fake = vfio_alloc_device(fake, vdev, dev, &fake_ops);
	is(PTR_ERR(fake), -EDOM, "a failing init fails the allocation");
	fake_init_errno = 0;

	fake = vfio_alloc_device(fake, vdev, dev, &fake_ops);
	ok(!IS_ERR(fake) && fake->init == 1, "init ran");
	fake->released = &released;
	vfio_put_device(&fake->vdev);
	is(released, 1, "release on put without register");

	fake = expect_warnings(1, (struct fake *)_vfio_alloc_device(8, dev, &fake_ops));
	is(PTR_ERR(fake), -EINVAL, "too small a structure");
	fake_parent_remove(dev);
}

static void test_register(void)
{
	struct fake *fake = fake_emulated("fake-reg");
	unsigned int released = 0;
	char path[64];
	int fd, ret;

	snprintf(path, sizeof(path), "/dev/vfio/%d", iommu_group_id(fake->vdev.dev->iommu_group));
	fd = kapi_sys_open(path, O_RDWR);
	ok(fd >= 0, "the group node is there");
	is(kapi_sys_open(path, O_RDWR), -EBUSY, "but opens once only");
	kapi_sys_close(fd);

	fake->released = &released;
	get_device(&fake->vdev.device);
	vfio_unregister_group_dev(&fake->vdev);
	is(kapi_sys_open(path, O_RDWR), -ENOENT, "the node goes with the last device");
	vfio_put_device(&fake->vdev);
	is(released, 0, "a reference on the device keeps it");
	ret = fake->vdev.index;
	ok(ret >= 0, "and it is still valid");
	fake_parent_remove(fake->vdev.dev);
	put_device(&fake->vdev.device);
	is(released, 1, "the last one releases it");

	fake = fake_alloc("fake-real", &fake_ops);
	is(vfio_register_group_dev(&fake->vdev), -EINVAL, "no IOMMU group, no registration");
	fake_parent_remove(fake->vdev.dev);
	vfio_put_device(&fake->vdev);
}

static void test_open_close(void)
{
	struct fake *fake = fake_emulated("fake-open");
	struct setup s = setup_open(&fake->vdev);
	int a, b;

	fake->open_errno = -ENOSPC;
	is(get_device_fd(s.group, &fake->vdev), -ENOSPC, "open_device's error");
	is(fake->vdev.open_count, 0, "counted back");
	is(sysv(s.group, VFIO_GROUP_UNSET_CONTAINER, 0), 0, "and no user is left behind");
	setup_close(s);
	s = setup_open(&fake->vdev);

	fake->open_errno = 0;
	a = get_device_fd(s.group, &fake->vdev);
	is(fake->opened, 2, "open_device is called again after it failed");
	is(fake->open_count_seen, 1, "open_count is 1 in open_device");
	b = get_device_fd(s.group, &fake->vdev);
	ok(a >= 0 && b >= 0 && a != b, "two files");
	is(fake->opened, 2, "one open_device");
	is(sysv(s.group, VFIO_GROUP_UNSET_CONTAINER, 0), -EBUSY, "an open device holds on");

	/* Group and container go first; the device keeps what it needs. */
	setup_close(s);
	is(open_group(&fake->vdev), -EBUSY, "the group file lives on in the device files");
	kapi_sys_close(a);
	is(fake->closed, 0, "not the last close");
	kapi_sys_close(b);
	is(fake->closed, 1, "the last close");
	is(fake->open_count_seen, 1, "open_count is still 1 in close_device");
	a = open_group(&fake->vdev);
	ok(a >= 0, "now the group opens again");
	kapi_sys_close(a);
	fake_remove(fake);
}

static struct fake *set_mate;
static unsigned int set_overlaps;

static void open_slowly(struct fake *fake)
{
	static int inside;

	if (__atomic_fetch_add(&inside, 1, __ATOMIC_SEQ_CST))
		set_overlaps++;
	usleep(20000);
	__atomic_fetch_sub(&inside, 1, __ATOMIC_SEQ_CST);
}

static void *open_mate(void *arg)
{
	struct setup s = setup_open(&set_mate->vdev);
	int fd = get_device_fd(s.group, &set_mate->vdev);

	kapi_sys_close(fd);
	setup_close(s);
	return NULL;
}

static void test_sets(void)
{
	struct fake *a, *b, *lone;
	struct setup s;
	pthread_t thread;
	int fd;

	fake_set_id = &set_mate;
	a = fake_emulated("fake-set-a");
	b = fake_emulated("fake-set-b");
	fake_set_id = NULL;
	lone = fake_emulated("fake-lone");

	ok(a->vdev.dev_set == b->vdev.dev_set, "one id, one set");
	ok(lone->vdev.dev_set && lone->vdev.dev_set != a->vdev.dev_set, "a set of its own");
	is(expect_warnings(1, vfio_assign_device_set(&lone->vdev, NULL)), -EINVAL, "no id");

	set_mate = b;
	a->on_open = b->on_open = open_slowly;
	s = setup_open(&a->vdev);
	pthread_create(&thread, NULL, open_mate, NULL);
	fd = get_device_fd(s.group, &a->vdev);
	pthread_join(thread, NULL);
	is(set_overlaps, 0, "members of a set open one after the other");

	mutex_lock(&a->vdev.dev_set->lock);
	is(vfio_device_set_open_count(a->vdev.dev_set), 1, "open count of the set");
	ok(vfio_find_device_in_devset(a->vdev.dev_set, b->vdev.dev) == &b->vdev, "found by device");
	ok(!vfio_find_device_in_devset(a->vdev.dev_set, lone->vdev.dev), "not a member");
	mutex_unlock(&a->vdev.dev_set->lock);

	kapi_sys_close(fd);
	setup_close(s);
	is(a->vdev.dev_set->device_count, 2, "two members");
	fake_remove(b);
	is(a->vdev.dev_set->device_count, 1, "one is left");
	fake_remove(a);
	fake_remove(lone);
}

static bool unregistered;

static void *unregister(void *arg)
{
	vfio_unregister_group_dev(arg);
	__atomic_store_n(&unregistered, true, __ATOMIC_RELEASE);
	return NULL;
}

static void test_unregister_waits(const char *prof, int found)
{
	struct fake *fake = fake_emulated("fake-busy");
	struct setup s = setup_open(&fake->vdev);
	int fd = get_device_fd(s.group, &fake->vdev), fd2, i;
	struct device *dev = fake->vdev.dev;
	pthread_t thread;

	vfio_profile_select(prof);
	unregistered = false;
	pthread_create(&thread, NULL, unregister, &fake->vdev);
	for (i = 0; i < 2000 && !__atomic_load_n(&fake->requested, __ATOMIC_ACQUIRE); i++)
		usleep(1000);
	is(fake->requested, 1, "%s: the driver is asked at once", prof);
	is(fake->last_request, 0, "for the first time");
	fd2 = get_device_fd(s.group, &fake->vdev);
	if (found)
		ok(fd2 >= 0, "%s: a device to be removed can still be opened", prof);
	else
		is(fd2, -ENODEV, "%s: a device to be removed is not found", prof);
	usleep(20000);
	ok(!__atomic_load_n(&unregistered, __ATOMIC_ACQUIRE), "unregister waits");

	kapi_sys_close(fd);
	if (fd2 >= 0)
		kapi_sys_close(fd2);
	pthread_join(thread, NULL);
	is(fake->closed, 1, "it ends with the last close");
	is(sys(s.group, VFIO_GROUP_GET_STATUS, &(struct vfio_group_status){ .argsz = 8 }), -ENODEV,
	   "a group file without devices");
	is(sys(s.group, VFIO_GROUP_SET_CONTAINER, &s.container), -ENODEV, "joins nothing");
	setup_close(s);
	vfio_put_device(&fake->vdev);
	fake_parent_remove(dev);
}

static void test_kvm(const char *prof, int refs)
{
	struct fake *fake = fake_emulated("fake-kvm");
	struct setup s = setup_open(&fake->vdev);
	struct file *file = kapi_fd_file(s.group);
	struct kvm vm = {};
	int fd;

	refcount_set(&vm.users_count, 1);
	vfio_profile_select(prof);
	fd = get_device_fd(s.group, &fake->vdev);
	ok(!fake->kvm_seen, "no VM");
	vfio_file_set_kvm(file, &vm);
	ok(!fake->vdev.kvm, "an open device keeps what it has");
	kapi_sys_close(fd);

	fd = get_device_fd(s.group, &fake->vdev);
	ok(fake->kvm_seen == &vm, "the VM at the first open");
	is(refcount_read(&vm.users_count), 1 + refs, "%s: references", prof);
	vfio_file_set_kvm(file, NULL);
	ok(fake->vdev.kvm == &vm, "stays until the last close");
	kapi_sys_close(fd);
	ok(!fake->vdev.kvm && refcount_read(&vm.users_count) == 1, "and goes then");

	if (refs) {
		refcount_set(&vm.users_count, 0);
		vfio_file_set_kvm(file, &vm);
		fd = get_device_fd(s.group, &fake->vdev);
		ok(!fake->kvm_seen, "a dying VM is none");
		kapi_sys_close(fd);
	}
	fput(file);
	setup_close(s);
	fake_remove(fake);
}

int main(void)
{
	core_start();
	test_alloc();
	test_register();
	test_open_close();
	test_sets();
	test_unregister_waits("6.12", 0);
	test_unregister_waits("6.1", 1);
	test_kvm("6.12", 1);
	test_kvm("6.1", 0);
	is(kapi_warn_count(), 0, "no other warning");
	return tap_done();
}
