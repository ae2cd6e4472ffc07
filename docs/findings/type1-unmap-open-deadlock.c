// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reproducer of a deadlock in vfio_iommu_type1; type1-unmap-open-deadlock.md
 * beside this file tells why. Two devices of different groups share a container.
 *
 *	thread 1: UNMAP_DMA of a page that device A holds pinned
 *	thread 2: first open of device B while A's dma_unmap callback runs
 *
 * Exit status: 0 both came back, 1 they did not within 12 s.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include "client/vfio_client.h"

#define IOVA 0x100000
#define DELAY_MS 2000
#define LIMIT_S 12

static struct vfio_dev a;
static int group_b;
static const char *bdf_b;

static void *unmap(void *unused)
{
	(void)unused;
	iommu_unmap(a.container, IOVA, page_size(), 0);
	puts("UNMAP_DMA came back");
	return NULL;
}

static void *open_b(void *unused)
{
	(void)unused;
	close(group_get_device_fd(group_b, bdf_b));
	puts("the open of the other device came back");
	return NULL;
}

/* In a child: a process whose threads are stuck in the kernel cannot even exit. */
static int run(void)
{
	pthread_t threads[2];
	struct mock mock;

	device_open(&a, role_bdf(ROLE_MAIN));
	mock_find(a.fd, &mock);
	group_b = group_open(sysfs_group(bdf_b));
	group_set_container(group_b, a.container);

	iommu_map(a.container, pages_alloc(page_size()), IOVA, page_size(), MAP_RW);
	if (mock_command(&mock, MOCK_CMD_PIN, IOVA, 1, 1) != 1)
		CLIENT_FAIL("the page cannot be pinned");
	mock_write(&mock, MOCK_REG_UNMAP_DELAY, DELAY_MS);

	pthread_create(&threads[0], NULL, unmap, NULL);
	usleep(DELAY_MS * 1000 / 4);	/* now the callback sleeps, holding device_list_lock */
	pthread_create(&threads[1], NULL, open_b, NULL);
	pthread_join(threads[0], NULL);
	pthread_join(threads[1], NULL);
	mock_write(&mock, MOCK_REG_RESTORE, 1);
	return 0;
}

/* Where the threads of the child sleep in the kernel (needs root). */
static void print_stacks(pid_t child)
{
	char cmd[128];

	snprintf(cmd, sizeof(cmd), "for t in /proc/%d/task/*; do echo $t; cat $t/stack; done", child);
	if (system(cmd))
		puts("no stacks to show");
}

int main(void)
{
	pid_t child;
	int st;

	bdf_b = role_bdf(ROLE_PEER);
	if (!role_bdf(ROLE_MAIN) || !bdf_b) {
		fprintf(stderr, "needs two devices of the mock driver in different groups\n");
		return 4;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	child = fork();
	if (!child)
		return run();
	for (int i = 0; i < LIMIT_S * 10; i++) {
		if (waitpid(child, &st, WNOHANG) == child) {
			puts("no deadlock");
			return st != 0;
		}
		usleep(100000);
	}
	puts("deadlock: the threads did not come back");
	print_stacks(child);
	return 1;
}
