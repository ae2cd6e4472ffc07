// SPDX-License-Identifier: GPL-2.0-only
/*
 * Numbers from strings.
 */
#include <linux/errno.h>
#include <linux/hex.h>
#include <linux/kernel.h>
#include <linux/kstrtox.h>

static unsigned int guess_base(const char **s, unsigned int base)
{
	bool hex = (*s)[0] == '0' && ((*s)[1] | 0x20) == 'x' && hex_to_bin((*s)[2]) >= 0;

	if (!base)
		base = hex ? 16 : **s == '0' ? 8 : 10;
	if (base == 16 && hex)
		*s += 2;
	return base;
}

/* Reads digits; returns how many, or -ERANGE. */
static int digits(const char **s, unsigned int base, unsigned long long *res)
{
	unsigned long long val = 0;
	bool overflow = false;
	int n, d;

	for (n = 0; (d = hex_to_bin(**s)) >= 0 && d < (int)base; n++, (*s)++)
		overflow |= __builtin_mul_overflow(val, base, &val) ||
			    __builtin_add_overflow(val, d, &val);
	*res = val;
	return overflow ? -ERANGE : n;
}

static int parse(const char *s, unsigned int base, unsigned long long *res)
{
	int n;

	base = guess_base(&s, base);
	n = digits(&s, base, res);
	if (n < 0)
		return n;
	if (!n)
		return -EINVAL;
	if (*s == '\n')
		s++;
	return *s ? -EINVAL : 0;
}

int kstrtoull(const char *s, unsigned int base, unsigned long long *res)
{
	unsigned long long val;
	int ret = parse(s + (*s == '+'), base, &val);

	if (!ret)
		*res = val;
	return ret;
}

int kstrtoll(const char *s, unsigned int base, long long *res)
{
	unsigned long long val;
	bool minus = *s == '-';
	int ret = parse(s + (minus || *s == '+'), base, &val);

	if (ret)
		return ret;
	if (val > (unsigned long long)LLONG_MAX + minus)
		return -ERANGE;
	*res = minus ? (long long)-val : (long long)val;
	return 0;
}

#define NARROW(name, type, wide, parse_wide) \
int name(const char *s, unsigned int base, type *res) \
{ \
	wide val; \
	int ret = parse_wide(s, base, &val); \
\
	if (ret) \
		return ret; \
	if (val != (wide)(type)val) \
		return -ERANGE; \
	*res = val; \
	return 0; \
}

NARROW(kstrtoul, unsigned long, unsigned long long, kstrtoull)
NARROW(kstrtol, long, long long, kstrtoll)
NARROW(kstrtouint, unsigned int, unsigned long long, kstrtoull)
NARROW(kstrtoint, int, long long, kstrtoll)
NARROW(kstrtou16, u16, unsigned long long, kstrtoull)
NARROW(kstrtos16, s16, long long, kstrtoll)
NARROW(kstrtou8, u8, unsigned long long, kstrtoull)
NARROW(kstrtos8, s8, long long, kstrtoll)

int kstrtobool(const char *s, bool *res)
{
	if (!s)
		return -EINVAL;
	switch (s[0]) {
	case 'y': case 'Y': case 't': case 'T': case '1':
		*res = true;
		return 0;
	case 'n': case 'N': case 'f': case 'F': case '0':
		*res = false;
		return 0;
	case 'o': case 'O':
		if (s[1] == 'n' || s[1] == 'N') {
			*res = true;
			return 0;
		}
		if (s[1] == 'f' || s[1] == 'F') {
			*res = false;
			return 0;
		}
	}
	return -EINVAL;
}

unsigned long long simple_strtoull(const char *cp, char **endp, unsigned int base)
{
	unsigned long long val;

	base = guess_base(&cp, base);
	digits(&cp, base, &val);
	if (endp)
		*endp = (char *)cp;
	return val;
}

unsigned long simple_strtoul(const char *cp, char **endp, unsigned int base)
{
	return simple_strtoull(cp, endp, base);
}

long simple_strtol(const char *cp, char **endp, unsigned int base)
{
	if (*cp == '-')
		return -(long)simple_strtoull(cp + 1, endp, base);
	return simple_strtoull(cp, endp, base);
}
