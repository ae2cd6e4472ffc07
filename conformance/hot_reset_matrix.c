// SPDX-License-Identifier: GPL-2.0-only
/* Hot reset: every list of descriptors that can be given as proof, and who may give it. */
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "hot_reset_matrix.h"

/* What a descriptor can be, beside one of the groups, whose indices come first. */
enum token { T_DUP = 16, T_FOREIGN, T_CONTAINER, T_DEVICE, T_EVENTFD, T_NULL, T_CLOSED, T_NEGATIVE };

#define TOKENS_MAX	24
#define LISTS_MAX	40000

struct tokens {
	unsigned int n;
	enum token what[TOKENS_MAX];
	int32_t fd[TOKENS_MAX];
};

static void add_token(struct tokens *t, enum token what, int fd)
{
	t->what[t->n] = what;
	t->fd[t->n++] = fd;
}

/* A group that the reset does not affect, or -1. */
static int open_foreign(FIXTURE_DATA(set) *self)
{
	const char *bdf;
	unsigned int i, j;

	for (i = 0; (bdf = named_bdf(i)); i++) {
		for (j = 0; j < self->groups; j++)
			if (__sysfs_group(bdf) == self->numbers[j])
				break;
		if (j == self->groups && __sysfs_group(bdf) >= 0)
			return __group_open(sysfs_group(bdf));
	}
	return -1;
}

static void make_tokens(FIXTURE_DATA(set) *self, struct tokens *t)
{
	int foreign = open_foreign(self), closed = eventfd(0, EFD_CLOEXEC);
	unsigned int i;

	t->n = 0;
	for (i = 0; i < self->groups; i++)
		add_token(t, i, self->fds[i]);
	add_token(t, T_DUP, dup(self->fds[0]));
	if (foreign >= 0)
		add_token(t, T_FOREIGN, foreign);
	add_token(t, T_CONTAINER, self->dev.container);
	add_token(t, T_DEVICE, self->dev.fd);
	add_token(t, T_EVENTFD, eventfd(0, EFD_CLOEXEC));
	add_token(t, T_NULL, open("/dev/null", O_RDWR | O_CLOEXEC));
	close(closed);
	add_token(t, T_CLOSED, closed);
	add_token(t, T_NEGATIVE, -1);
}

static void close_tokens(const struct tokens *t)
{
	unsigned int i;

	for (i = 0; i < t->n; i++)
		if (t->what[i] == T_DUP || t->what[i] == T_FOREIGN || t->what[i] == T_EVENTFD ||
		    t->what[i] == T_NULL)
			close(t->fd[i]);
}

/* What the call has to return for the list of @len tokens @at. */
static int expected(FIXTURE_DATA(set) *self, const struct tokens *t, const unsigned int *at,
		    unsigned int len)
{
	unsigned int i, has = 0;

	if (!len || len > self->n)
		return -EINVAL;
	/* The first that is no group decides, whatever comes behind it. */
	for (i = 0; i < len; i++) {
		switch (t->what[at[i]]) {
		case T_CLOSED:
		case T_NEGATIVE:
			return -EBADF;
		case T_CONTAINER:
		case T_DEVICE:
		case T_EVENTFD:
		case T_NULL:
			return -EINVAL;
		case T_DUP:
			has |= 1;
			break;
		case T_FOREIGN:
			break;
		default:
			has |= 1u << t->what[at[i]];
		}
	}
	return has == set_all(self) ? self->whole : -EINVAL;
}

/* Resets take their time: of the lists that differ in order only, those in order. */
static bool in_order(const unsigned int *at, unsigned int len)
{
	unsigned int i;

	for (i = 1; i < len; i++)
		if (at[i - 1] > at[i])
			return false;
	return true;
}

VFIO_TEST_F_TIMEOUT(set, every_list, 120,
		    "RST-018 RST-020 RST-023 RST-024 RST-025 RST-026 RST-028 RST-031")
{
	unsigned int at[ROOM], len, i, lists;
	struct tokens t;
	int32_t fds[ROOM];
	int want, ret;

	make_tokens(self, &t);
	for (len = 0, lists = 1; len <= self->n && lists <= LISTS_MAX; len++, lists *= t.n) {
		memset(at, 0, sizeof(at));
		for (;;) {
			for (i = 0; i < len; i++)
				fds[i] = t.fd[at[i]];
			want = expected(self, &t, at, len);
			if (want || in_order(at, len)) {
				ret = hot_reset(self->dev.fd, HEADER + 4 * len, 0, len, fds, len);
				ASSERT_EQ(want, ret) {
					for (i = 0; i < len; i++)
						TH_LOG("[%u] kind %u", i, t.what[at[i]]);
				}
			}
			for (i = 0; i < len && ++at[i] == t.n; i++)
				at[i] = 0;
			if (i == len)
				break;
		}
	}
	/* More than there are devices: nothing is read, whatever it may be. */
	for (len = self->n + 1; len <= self->n + 4; len++) {
		for (i = 0; i < len; i++)
			fds[i] = i < self->groups ? self->fds[i] : -1;
		EXPECT_EQ(-EINVAL, hot_reset(self->dev.fd, HEADER + 4 * len, 0, len, fds, len));
	}
	EXPECT_EQ(-EINVAL, hot_reset(self->dev.fd, ~0u, 0, ~0u, fds, 1));
	close_tokens(&t);
}

VFIO_TEST_F_TIMEOUT(set, every_order, 120, "RST-030 RST-028")
{
	unsigned int order[ROOM], i, j, k, n, count = 1;
	int32_t fds[ROOM];

	for (i = 2; i <= self->groups; i++)
		count *= i;
	for (n = 0; n < count && n < 24; n++) {
		for (i = 0; i < self->groups; i++)
			order[i] = i;
		for (i = 0, k = n; i < self->groups; k /= self->groups - i, i++) {
			unsigned int pick = i + k % (self->groups - i), tmp = order[pick];

			for (j = pick; j > i; j--)
				order[j] = order[j - 1];
			order[i] = tmp;
			fds[i] = self->fds[tmp];
		}
		EXPECT_EQ(self->whole, hot_reset(self->dev.fd, HEADER + 4 * i, 0, i, fds, i));
		/* All but the last of them. */
		EXPECT_EQ(-EINVAL, hot_reset(self->dev.fd, HEADER + 4 * i, 0, i - 1, fds, i));
	}
}

/* Groups of the set in the first device's container, so that their devices open. */
static void join_all(FIXTURE_DATA(set) *self)
{
	unsigned int i;

	for (i = 1; i < self->groups; i++)
		group_set_container(self->fds[i], self->dev.container);
}

VFIO_TEST_F_TIMEOUT(set, every_subset_open, 120, "RST-028 RST-030 SET-001")
{
	unsigned int open_mask, mask, i;
	uint64_t resets[ROOM] = {};
	struct mock mock[ROOM];
	int fds[ROOM], want;

	if (variant->kind == SET_VFS)
		SKIP(return, "virtual functions ask for a token");
	join_all(self);
	fds[0] = self->dev.fd;
	/* Whether it is open makes no difference to who owns it. */
	for (open_mask = 1; open_mask < 1u << self->n; open_mask += 2) {
		for (i = 0; i < self->n; i++) {
			if (!(open_mask & 1u << i))
				continue;
			if (i)
				fds[i] = group_get_device_fd(self->fds[self->group_of[i]],
							     self->bdf[i]);
			if (__mock_find(fds[i], &mock[i]))
				mock[i].fd = -1;
			else
				resets[i] = mock_read(&mock[i], MOCK_REG_RESETS);
		}
		for (mask = 0; mask <= set_all(self); mask++) {
			want = mask == set_all(self) ? 0 : -EINVAL;
			EXPECT_EQ(want, set_reset_mask(self, self->dev.fd, mask)) {
				TH_LOG("devices 0x%x open, groups 0x%x named", open_mask, mask);
			}
		}
		for (i = 0; i < self->n; i++) {
			if (!(open_mask & 1u << i))
				continue;
			/* By the one call that had them all. */
			if (mock[i].fd >= 0)
				EXPECT_EQ(resets[i] + 1, mock_read(&mock[i], MOCK_REG_RESETS));
			if (i)
				close(fds[i]);
		}
	}
}

VFIO_TEST_F_TIMEOUT(set, every_caller, 120, "RST-028 RST-030 SET-007")
{
	unsigned int mask, i;
	struct info first, info;
	int fd;

	if (variant->kind == SET_VFS)
		SKIP(return, "virtual functions ask for a token");
	join_all(self);
	ASSERT_EQ(0, get_info(self->dev.fd, &first));
	for (i = 0; i < self->n; i++) {
		fd = group_get_device_fd(self->fds[self->group_of[i]], self->bdf[i]);
		ASSERT_EQ(0, get_info(fd, &info));
		EXPECT_EQ(0, memcmp(&first, &info, sizeof(info)));
		for (mask = 0; mask <= set_all(self); mask++)
			EXPECT_EQ(mask == set_all(self) ? 0 : -EINVAL,
				  set_reset_mask(self, fd, mask));
		close(fd);
	}
}

/* A group proves that it is owned in no container, in the same, and in another. */
VFIO_TEST_F_TIMEOUT(set, every_container, 120, "RST-025 RST-030")
{
	int other = container_open();
	unsigned int n, k, i, count = 1;

	for (i = 1; i < self->groups; i++)
		count *= 3;
	for (n = 0; n < count && n < 27; n++) {
		for (i = 1, k = n; i < self->groups; i++, k /= 3)
			if (k % 3)
				group_set_container(self->fds[i], k % 3 == 1 ?
						    self->dev.container : other);
		EXPECT_EQ(self->whole, set_reset_mask(self, self->dev.fd, set_all(self)));
		EXPECT_EQ(-EINVAL, set_reset_mask(self, self->dev.fd, set_all(self) & ~1u));
		for (i = 1, k = n; i < self->groups; i++, k /= 3)
			if (k % 3)
				group_unset_container(self->fds[i]);
	}
	close(other);
}

/* Descriptors are proof for who holds them, also if another process opened them. */
VFIO_TEST_F(set, inherited, "RST-030")
{
	int status;
	pid_t child = fork();

	ASSERT_LE(0, child);
	if (!child)
		_exit(set_reset_mask(self, self->dev.fd, set_all(self)) != self->whole ||
		      set_reset_mask(self, self->dev.fd, 0) != -EINVAL);
	ASSERT_EQ(child, waitpid(child, &status, 0));
	EXPECT_EQ(0, status);
}

struct toucher {
	volatile uint32_t *bar;
	atomic_bool stop;
};

static void *touch(void *arg)
{
	struct toucher *t = arg;
	uint32_t sum = 0;

	while (!t->stop)
		sum += t->bar[0];
	return (void *)(uintptr_t)sum;
}

/* Each reset takes the mapping away, which the thread wants back at once. */
VFIO_TEST_F(set, contended, "RST-029 RST-030")
{
	struct toucher t = {};
	pthread_t thread;
	int i, ret, good = 0;
	void *bar;

	if (self->whole)
		SKIP(return, "the set cannot be reset");
	bar = mmap(NULL, page_size(), PROT_READ, MAP_SHARED, self->dev.fd,
		   region_offset(self->dev.fd, 0));
	if (bar == MAP_FAILED)
		SKIP(return, "BAR 0 cannot be mapped");
	config_command(self->dev.fd, 2, 0);
	t.bar = bar;
	ASSERT_EQ(0, pthread_create(&thread, NULL, touch, &t));
	for (i = 0; i < 20; i++) {
		ret = set_reset_mask(self, self->dev.fd, set_all(self));
		EXPECT_TRUE(!ret || ret == -EBUSY);
		good += !ret;
	}
	t.stop = true;
	ASSERT_EQ(0, pthread_join(thread, NULL));
	/* Who was refused can come again. */
	EXPECT_EQ(0, set_reset_mask(self, self->dev.fd, set_all(self)));
	EXPECT_LT(0, good);
	munmap(bar, page_size());
}

CONFORMANCE_MAIN
