// SPDX-License-Identifier: GPL-2.0-only
/*
 * Formatting with the kernel's %p extensions. Everything else is handed to
 * libc, one conversion at a time.
 */
#define _GNU_SOURCE
#include <linux/err.h>
#include <linux/ioport.h>
#include <linux/kernel.h>
#include <linux/slab.h>
#include <linux/uuid.h>
#include <stdio.h>
#include <string.h>

struct out {
	char *buf;
	size_t size, len;
};

static void put(struct out *o, const char *s, size_t n)
{
	if (o->len < o->size)
		memcpy(o->buf + o->len, s, min(n, o->size - o->len));
	o->len += n;
}

static void put_padded(struct out *o, const char *s, int width)
{
	int n = strlen(s), pad = (width < 0 ? -width : width) - n;

	if (width < 0)
		put(o, s, n);
	while (pad-- > 0)
		put(o, " ", 1);
	if (width >= 0)
		put(o, s, n);
}

/* @kind: b, B, l, L or anything else (b). */
static void put_uuid(struct out *o, const u8 *u, char kind, int width)
{
	static const u8 le[16] = { 3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15 };
	bool guid = kind == 'l' || kind == 'L', upper = kind == 'B' || kind == 'L';
	char text[UUID_STRING_LEN + 1], *p = text;
	int i;

	for (i = 0; i < 16; i++) {
		p += snprintf(p, 3, upper ? "%02X" : "%02x", u[guid ? le[i] : i]);
		if (i == 3 || i == 5 || i == 7 || i == 9)
			*p++ = '-';
	}
	*p = '\0';
	put_padded(o, text, width);
}

static void put_bytes(struct out *o, const u8 *p, char kind, int width)
{
	char sep = kind == 'C' ? ':' : kind == 'D' ? '-' : ' ', hex[3];
	int i, n = clamp(width, 1, 64);

	for (i = 0; i < n; i++) {
		if (i && kind != 'N')
			put(o, &sep, 1);
		snprintf(hex, sizeof(hex), "%02x", p[i]);
		put(o, hex, 2);
	}
}

static void put_error(struct out *o, const void *ptr, int width)
{
	const char *name = IS_ERR(ptr) ? strerrorname_np(-PTR_ERR(ptr)) : NULL;
	char text[48];

	if (name)
		snprintf(text, sizeof(text), "-%s", name);
	else if (IS_ERR(ptr))
		snprintf(text, sizeof(text), "%ld", PTR_ERR(ptr));
	else
		snprintf(text, sizeof(text), "%p", ptr);
	put_padded(o, text, width);
}

static void put_resource(struct out *o, const struct resource *r)
{
	const char *kind = r->flags & IORESOURCE_IO ? "io " : r->flags & IORESOURCE_MEM ? "mem" :
			   "???";
	char text[64];

	snprintf(text, sizeof(text), "[%s %#010llx-%#010llx]", kind, (unsigned long long)r->start,
		 (unsigned long long)r->end);
	put(o, text, strlen(text));
}

/* Handles what stands behind %p; returns how many letters belonged to it. */
static int put_pointer(struct out *o, const char *ext, const void *ptr, int width)
{
	char text[32];
	va_list copy;

	switch (*ext) {
	case 'U':
		put_uuid(o, ptr, ext[1], width);
		return 1 + (ext[1] && strchr("bBlL", ext[1]));
	case 'h':
		put_bytes(o, ptr, ext[1], width);
		return 1 + (ext[1] && strchr("CDN", ext[1]));
	case 'V': {
		const struct va_format *vaf = ptr;
		struct out rest = { o->len < o->size ? o->buf + o->len : NULL,
				    o->len < o->size ? o->size - o->len : 0, 0 };

		va_copy(copy, *vaf->va);
		o->len += kapi_vsnprintf(rest.buf, rest.size, vaf->fmt, copy);
		va_end(copy);
		return 1;
	}
	case 'a':
		snprintf(text, sizeof(text), "0x%016llx", *(const unsigned long long *)ptr);
		put_padded(o, text, width);
		return 1 + (ext[1] == 'p' || ext[1] == 'd');
	case 'e':
		put_error(o, ptr, width);
		return 1;
	case 'R':
	case 'r':
		put_resource(o, ptr);
		return 1;
	}
	if (*ext == 'x')
		snprintf(text, sizeof(text), "%lx", (unsigned long)ptr);
	else
		snprintf(text, sizeof(text), "%p", ptr);
	put_padded(o, text, width);
	return *ext && strchr("FSsBKx", *ext) ? 1 : 0;
}

/* One conversion of libc's: @spec is complete but for the argument. */
#define put_libc(o, spec, arg) do { \
	struct out *__o = (o); \
	bool __fits = __o->len < __o->size; \
	int __n = snprintf(__fits ? __o->buf + __o->len : NULL, \
			   __fits ? __o->size - __o->len : 0, spec, arg); \
	if (__n > 0) \
		__o->len += __n; \
} while (0)

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
#pragma GCC diagnostic ignored "-Wformat-security"
static void put_integer(struct out *o, char *spec, char length, va_list *args)
{
	switch (length) {
	case 'q':	/* ll */
		put_libc(o, spec, va_arg(*args, long long));
		break;
	case 'l':
	case 'z':
	case 't':
	case 'j':
		put_libc(o, spec, va_arg(*args, long));
		break;
	default:	/* h and hh are cut by libc */
		put_libc(o, spec, va_arg(*args, int));
		break;
	}
}

/* @p is behind the '%'; returns the place behind the conversion. */
static const char *convert(struct out *o, const char *p, va_list *args)
{
	char spec[48] = "%", length = 0;
	size_t n = 1;
	int width = 0;

	while (*p && n < 40 && strchr("-+ #0123456789.*hlLzjt", *p)) {
		if (*p == '*') {
			int v = va_arg(*args, int);

			if (spec[n - 1] != '.')
				width = v;
			n += snprintf(spec + n, sizeof(spec) - n, "%d", v);
			p++;
			continue;
		}
		if (strchr("hlLzjt", *p))
			length = length == 'l' || *p == 'L' ? 'q' : *p;
		spec[n++] = *p++;
	}
	if (!width)
		sscanf(spec + 1, "%d", &width);
	spec[n] = *p;
	spec[n + 1] = '\0';
	switch (*p) {
	case '\0':
		return p;
	case '%':
		put(o, "%", 1);
		break;
	case 'p':
		return p + 1 + put_pointer(o, p + 1, va_arg(*args, void *), width);
	case 's': {
		const char *s = va_arg(*args, const char *);

		put_libc(o, spec, s ?: "(null)");
		break;
	}
	case 'd':
	case 'i':
	case 'u':
	case 'x':
	case 'X':
	case 'o':
	case 'c':
		put_integer(o, spec, length, args);
		break;
	default:
		put(o, spec, n + 1);
		break;
	}
	return p + 1;
}
#pragma GCC diagnostic pop

int kapi_vsnprintf(char *buf, size_t size, const char *fmt, va_list ap)
{
	struct out o = { buf, size, 0 };
	va_list args;

	va_copy(args, ap);
	while (*fmt) {
		size_t n = strcspn(fmt, "%");

		put(&o, fmt, n);
		fmt += n;
		if (*fmt == '%')
			fmt = convert(&o, fmt + 1, &args);
	}
	va_end(args);
	if (size)
		buf[min(o.len, size - 1)] = '\0';
	return o.len;
}

int vscnprintf(char *buf, size_t size, const char *fmt, va_list args)
{
	size_t n = kapi_vsnprintf(buf, size, fmt, args);

	return size ? min(n, size - 1) : 0;
}

int scnprintf(char *buf, size_t size, const char *fmt, ...)
{
	va_list args;
	int n;

	va_start(args, fmt);
	n = vscnprintf(buf, size, fmt, args);
	va_end(args);
	return n;
}

char *kvasprintf(gfp_t gfp, const char *fmt, va_list args)
{
	size_t n = kapi_vsnprintf(NULL, 0, fmt, args) + 1;
	char *s = kmalloc(n, gfp);

	if (s)
		kapi_vsnprintf(s, n, fmt, args);
	return s;
}

char *kasprintf(gfp_t gfp, const char *fmt, ...)
{
	va_list args;
	char *s;

	va_start(args, fmt);
	s = kvasprintf(gfp, fmt, args);
	va_end(args);
	return s;
}
