// SPDX-License-Identifier: GPL-2.0-only
/*
 * The device's state as sparse memory: up to MOCK_STATE_MAX bytes of which only
 * what was written takes space, so that a large state costs nothing to set up.
 */
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "mock.h"

/*
 * Large enough to copy at full speed, small enough for a page allocation of low order.
 * Processors copy fastest between addresses that differ by whole cache lines, and users
 * read the stream into buffers that begin with one: a chunk lies in its memory as
 * far behind such a beginning as it does in the stream.
 */
#define MOCK_CHUNK_ALLOC ((u64)65536)
#define MOCK_LINE	((u64)64)
#define MOCK_CHUNK	(MOCK_CHUNK_ALLOC - MOCK_LINE)
#define MOCK_CHUNKS	DIV_ROUND_UP(MOCK_STATE_MAX, MOCK_CHUNK)
#define MOCK_CHUNK_WORDS (MOCK_CHUNK / sizeof(u64))

static void *mock_chunk_alloc(u64 index)
{
	void *base = kvmalloc(MOCK_CHUNK_ALLOC, GFP_KERNEL_ACCOUNT);

	return base ? base + mock_stream_offset(index * MOCK_CHUNK) % MOCK_LINE : NULL;
}

static void mock_chunk_free(void *chunk)
{
	kvfree((void *)round_down((unsigned long)chunk, MOCK_LINE));
}

static void mock_mem_drop(struct mock_mem *mem, u64 first)
{
	for (; first < MOCK_CHUNKS; first++) {
		mock_chunk_free(mem->chunk[first]);
		mem->chunk[first] = NULL;
	}
}

void mock_mem_free(struct mock_mem *mem)
{
	if (mem->chunk)
		mock_mem_drop(mem, 0);
	kvfree(mem->chunk);
	memset(mem, 0, sizeof(*mem));
}

int mock_mem_resize(struct mock_mem *mem, u64 size)
{
	u64 tail = size % MOCK_CHUNK;

	if (size > MOCK_STATE_MAX)
		return -EINVAL;
	if (mem->chunk && size < mem->size) {
		mock_mem_drop(mem, DIV_ROUND_UP(size, MOCK_CHUNK));
		if (tail && mem->chunk[size / MOCK_CHUNK])
			memset(mem->chunk[size / MOCK_CHUNK] + tail, 0, MOCK_CHUNK - tail);
	}
	if (size != mem->size)
		mem->sum_valid = false;
	mem->size = size;
	return 0;
}

/* How much of [pos, pos + len) lies in one chunk and in the state. */
static size_t mock_mem_piece(struct mock_mem *mem, u64 pos, size_t len)
{
	if (pos >= mem->size)
		return 0;
	return min3((u64)len, mem->size - pos, MOCK_CHUNK - pos % MOCK_CHUNK);
}

ssize_t mock_mem_read(struct mock_mem *mem, u64 pos, char __user *buf, size_t len)
{
	size_t done = 0, n;
	unsigned long left;
	void *chunk;

	while ((n = mock_mem_piece(mem, pos + done, len - done))) {
		chunk = mem->chunk ? mem->chunk[(pos + done) / MOCK_CHUNK] : NULL;
		if (chunk)
			left = copy_to_user(buf + done, chunk + (pos + done) % MOCK_CHUNK, n);
		else
			left = clear_user(buf + done, n);
		done += n - left;
		if (left)
			return done ?: -EFAULT;
		cond_resched();
	}
	return done;
}

/* The chunk of a first write, cleared where that does not fill it. */
static int mock_mem_new_chunk(struct mock_mem *mem, u64 index, const char __user *buf, size_t n,
			      unsigned long *left, u64 offset)
{
	void *chunk;

	if (!mem->chunk) {
		mem->chunk = kvcalloc(MOCK_CHUNKS, sizeof(*mem->chunk), GFP_KERNEL_ACCOUNT);
		if (!mem->chunk)
			return -ENOMEM;
	}
	chunk = mock_chunk_alloc(index);
	if (!chunk)
		return -ENOMEM;
	*left = copy_from_user(chunk + offset, buf, n);
	/* What was not copied must read as the zeroes that were there. */
	memset(chunk, 0, offset);
	memset(chunk + offset + n - *left, 0, MOCK_CHUNK - offset - n + *left);
	mem->chunk[index] = chunk;
	return 0;
}

ssize_t mock_mem_write(struct mock_mem *mem, u64 pos, const char __user *buf, size_t len)
{
	size_t done = 0, n;
	unsigned long left;
	u64 index, offset;
	void *old;
	int ret;

	while ((n = mock_mem_piece(mem, pos + done, len - done))) {
		index = (pos + done) / MOCK_CHUNK;
		offset = (pos + done) % MOCK_CHUNK;
		mem->sum_valid = false;
		if (mem->chunk && mem->chunk[index]) {
			old = mem->chunk[index];
			left = copy_from_user(old + offset, buf + done, n);
		} else {
			ret = mock_mem_new_chunk(mem, index, buf + done, n, &left, offset);
			if (ret)
				return done ?: ret;
		}
		done += n - left;
		if (left)
			return done ?: -EFAULT;
		cond_resched();
	}
	return done;
}

/* The factor that @words zero words multiply a sum with. */
static u64 mock_sum_zeroes(u64 words)
{
	u64 factor = 1, power = MOCK_SUM_PRIME;

	for (; words; words >>= 1) {
		if (words & 1)
			factor *= power;
		power *= power;
	}
	return factor;
}

static u64 mock_sum_add(u64 sum, u64 word)
{
	return (sum ^ word) * MOCK_SUM_PRIME;
}

u64 mock_mem_sum(struct mock_mem *mem)
{
	u64 rounds = DIV_ROUND_UP(mem->size, MOCK_SUM_LANES * sizeof(u64));
	u64 h[MOCK_SUM_LANES], sum = MOCK_SUM_INIT;
	u64 index, n, i, lane;
	const __le64 *word;

	if (mem->sum_valid)
		return mem->sum;
	for (lane = 0; lane < MOCK_SUM_LANES; lane++)
		h[lane] = MOCK_SUM_INIT;
	for (index = 0; rounds; index++, rounds -= n) {
		n = min(rounds, MOCK_CHUNK_WORDS / MOCK_SUM_LANES);
		word = mem->chunk ? mem->chunk[index] : NULL;
		for (lane = 0; !word && lane < MOCK_SUM_LANES; lane++)
			h[lane] *= mock_sum_zeroes(n);
		/* Four chains of multiplications at a time, which do not wait for each other. */
		for (i = 0; word && i < n; i++, word += MOCK_SUM_LANES) {
			h[0] = mock_sum_add(h[0], le64_to_cpu(word[0]));
			h[1] = mock_sum_add(h[1], le64_to_cpu(word[1]));
			h[2] = mock_sum_add(h[2], le64_to_cpu(word[2]));
			h[3] = mock_sum_add(h[3], le64_to_cpu(word[3]));
		}
		cond_resched();
	}
	for (lane = 0; lane < MOCK_SUM_LANES; lane++)
		sum = mock_sum_add(sum, h[lane]);
	mem->sum = sum;
	mem->sum_valid = true;
	return sum;
}
