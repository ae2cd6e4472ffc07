// SPDX-License-Identifier: GPL-2.0-only
/*
 * UUIDs and random numbers.
 */
#include <linux/ctype.h>
#include <linux/errno.h>
#include <linux/hex.h>
#include <linux/random.h>
#include <linux/uuid.h>
#include <sys/random.h>

const guid_t guid_null;
const uuid_t uuid_null;

/* Where the bytes of the two kinds stand in the text. */
static const u8 guid_at[16] = { 6, 4, 2, 0, 11, 9, 16, 14, 19, 21, 24, 26, 28, 30, 32, 34 };
static const u8 uuid_at[16] = { 0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34 };

bool uuid_is_valid(const char *uuid)
{
	int i;

	for (i = 0; i < UUID_STRING_LEN; i++) {
		if (i == 8 || i == 13 || i == 18 || i == 23) {
			if (uuid[i] != '-')
				return false;
		} else if (!isxdigit((unsigned char)uuid[i])) {
			return false;
		}
	}
	return true;
}

static int parse(const char *text, u8 *b, const u8 *at)
{
	int i;

	if (!uuid_is_valid(text))
		return -EINVAL;
	for (i = 0; i < 16; i++)
		b[i] = hex_to_bin(text[at[i]]) << 4 | hex_to_bin(text[at[i] + 1]);
	return 0;
}

int guid_parse(const char *text, guid_t *g)
{
	return parse(text, g->b, guid_at);
}

int uuid_parse(const char *text, uuid_t *u)
{
	return parse(text, u->b, uuid_at);
}

void uuid_gen(uuid_t *u)
{
	get_random_bytes(u->b, 16);
	u->b[6] = (u->b[6] & 0x0f) | 0x40;
	u->b[8] = (u->b[8] & 0x3f) | 0x80;
}

void guid_gen(guid_t *g)
{
	get_random_bytes(g->b, 16);
	g->b[7] = (g->b[7] & 0x0f) | 0x40;
	g->b[8] = (g->b[8] & 0x3f) | 0x80;
}

void get_random_bytes(void *buf, size_t len)
{
	char *p = buf;

	while (len) {
		ssize_t n = getrandom(p, len, 0);

		if (n > 0) {
			p += n;
			len -= n;
		}
	}
}

u64 get_random_u64(void)
{
	u64 v;

	get_random_bytes(&v, sizeof(v));
	return v;
}

u32 get_random_u32(void)
{
	return get_random_u64();
}

u16 get_random_u16(void)
{
	return get_random_u64();
}

u8 get_random_u8(void)
{
	return get_random_u64();
}

/* The high half of a product spreads evenly but for 2^-32. */
u32 get_random_u32_below(u32 ceil)
{
	return ((u64)get_random_u32() * ceil) >> 32;
}

u32 get_random_u32_inclusive(u32 floor, u32 ceil)
{
	return floor + (((u64)get_random_u32() * ((u64)ceil - floor + 1)) >> 32);
}
