// SPDX-License-Identifier: GPL-2.0-only
/*
 * Bit arrays.
 */
#include <linux/bitmap.h>
#include <linux/minmax.h>
#include <linux/slab.h>

unsigned long *bitmap_alloc(unsigned int nbits, gfp_t flags)
{
	return kmalloc_array(BITS_TO_LONGS(nbits), sizeof(long), flags);
}

unsigned long *bitmap_zalloc(unsigned int nbits, gfp_t flags)
{
	return bitmap_alloc(nbits, flags | __GFP_ZERO);
}

void bitmap_free(const unsigned long *bitmap)
{
	kfree(bitmap);
}

/* First set bit of (a & b) ^ invert, word by word. @b NULL: all ones. */
static unsigned long find_next(const unsigned long *a, const unsigned long *b,
			       unsigned long invert, unsigned long size, unsigned long offset)
{
	unsigned long i, word;

	if (offset >= size)
		return size;
	for (i = BIT_WORD(offset); i < BITS_TO_LONGS(size); i++) {
		word = (a[i] & (b ? b[i] : ~0UL)) ^ invert;
		if (i == BIT_WORD(offset))
			word &= BITMAP_FIRST_WORD_MASK(offset);
		if (word)
			return min(i * BITS_PER_LONG + __ffs(word), size);
	}
	return size;
}

unsigned long find_next_bit(const unsigned long *addr, unsigned long size, unsigned long offset)
{
	return find_next(addr, NULL, 0, size, offset);
}

unsigned long find_next_zero_bit(const unsigned long *addr, unsigned long size,
				 unsigned long offset)
{
	return find_next(addr, NULL, ~0UL, size, offset);
}

unsigned long find_next_and_bit(const unsigned long *a, const unsigned long *b,
				unsigned long size, unsigned long offset)
{
	return find_next(a, b, 0, size, offset);
}

unsigned long find_last_bit(const unsigned long *addr, unsigned long size)
{
	unsigned long i = BITS_TO_LONGS(size), word;

	while (i--) {
		word = addr[i];
		if (i == BIT_WORD(size))
			word &= BITMAP_LAST_WORD_MASK(size);
		if (word)
			return i * BITS_PER_LONG + __fls(word);
	}
	return size;
}

/* Calls for each word of the range with the mask of its bits. */
#define for_each_word(start, nbits, i, mask) \
	for (unsigned long __bit = (start), __end = (unsigned long)(start) + (nbits); \
	     __bit < __end && \
	     ((i) = BIT_WORD(__bit), (mask) = BITMAP_FIRST_WORD_MASK(__bit), \
	      __end - (__bit & ~63UL) < 64 ? ((mask) &= BITMAP_LAST_WORD_MASK(__end)) : 0, true); \
	     __bit = (__bit | 63) + 1)

void bitmap_set(unsigned long *map, unsigned int start, unsigned int nbits)
{
	unsigned long i, mask;

	for_each_word(start, nbits, i, mask)
		map[i] |= mask;
}

void bitmap_clear(unsigned long *map, unsigned int start, unsigned int nbits)
{
	unsigned long i, mask;

	for_each_word(start, nbits, i, mask)
		map[i] &= ~mask;
}

/* Word @i of @src without the bits behind the end; 0 outside. */
static unsigned long word_of(const unsigned long *src, long i, unsigned int nbits)
{
	if (i < 0 || i >= (long)BITS_TO_LONGS(nbits))
		return 0;
	return i == (long)BIT_WORD(nbits) ? src[i] & BITMAP_LAST_WORD_MASK(nbits) : src[i];
}

void bitmap_shift_left(unsigned long *dst, const unsigned long *src, unsigned int shift,
		       unsigned int nbits)
{
	unsigned int rem = shift % BITS_PER_LONG;
	long i, off = shift / BITS_PER_LONG;

	for (i = (long)BITS_TO_LONGS(nbits) - 1; i >= 0; i--) {
		unsigned long lo = word_of(src, i - off - 1, nbits);
		unsigned long hi = word_of(src, i - off, nbits);

		dst[i] = rem ? hi << rem | lo >> (BITS_PER_LONG - rem) : hi;
	}
}

void bitmap_shift_right(unsigned long *dst, const unsigned long *src, unsigned int shift,
			unsigned int nbits)
{
	unsigned int rem = shift % BITS_PER_LONG;
	long i, off = shift / BITS_PER_LONG;

	for (i = 0; i < (long)BITS_TO_LONGS(nbits); i++) {
		unsigned long lo = word_of(src, i + off, nbits);
		unsigned long hi = word_of(src, i + off + 1, nbits);

		dst[i] = rem ? lo >> rem | hi << (BITS_PER_LONG - rem) : lo;
	}
}

void bitmap_or(unsigned long *dst, const unsigned long *a, const unsigned long *b,
	       unsigned int nbits)
{
	unsigned int i;

	for (i = 0; i < BITS_TO_LONGS(nbits); i++)
		dst[i] = a[i] | b[i];
}

bool bitmap_and(unsigned long *dst, const unsigned long *a, const unsigned long *b,
		unsigned int nbits)
{
	unsigned int i;

	for (i = 0; i < BITS_TO_LONGS(nbits); i++)
		dst[i] = word_of(a, i, nbits) & b[i];
	return !bitmap_empty(dst, nbits);
}

bool bitmap_andnot(unsigned long *dst, const unsigned long *a, const unsigned long *b,
		   unsigned int nbits)
{
	unsigned int i;

	for (i = 0; i < BITS_TO_LONGS(nbits); i++)
		dst[i] = word_of(a, i, nbits) & ~b[i];
	return !bitmap_empty(dst, nbits);
}

void bitmap_complement(unsigned long *dst, const unsigned long *src, unsigned int nbits)
{
	unsigned int i;

	for (i = 0; i < BITS_TO_LONGS(nbits); i++)
		dst[i] = ~src[i];
}

bool bitmap_equal(const unsigned long *a, const unsigned long *b, unsigned int nbits)
{
	unsigned int i;

	for (i = 0; i < BITS_TO_LONGS(nbits); i++)
		if (word_of(a, i, nbits) != word_of(b, i, nbits))
			return false;
	return true;
}

bool bitmap_intersects(const unsigned long *a, const unsigned long *b, unsigned int nbits)
{
	return find_next_and_bit(a, b, nbits, 0) < nbits;
}

unsigned int bitmap_weight(const unsigned long *src, unsigned int nbits)
{
	unsigned int i, n = 0;

	for (i = 0; i < BITS_TO_LONGS(nbits); i++)
		n += hweight_long(word_of(src, i, nbits));
	return n;
}

unsigned long bitmap_find_next_zero_area(unsigned long *map, unsigned long size,
					 unsigned long start, unsigned int nr,
					 unsigned long align_mask)
{
	unsigned long i;

	for (;;) {
		start = (find_next_zero_bit(map, size, start) + align_mask) & ~align_mask;
		if (start + nr > size)
			return start + nr;
		i = find_next_bit(map, start + nr, start);
		if (i >= start + nr)
			return start;
		start = i + 1;
	}
}
