// SPDX-License-Identifier: GPL-2.0-only
/* The bundle as one file. */
#include "bundle.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <sha2.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#define MAX_BYTES	(1ll << 30)	/* of an archive, unpacked */
#define SUM_LEN		(SHA256_DIGEST_STRING_LENGTH - 1)
#define SEAL_LEN	(10 + 5 + SUM_LEN + 1 + 8)

static void put32(uint8_t *p, uint32_t v)
{
	for (int i = 0; i < 4; i++)
		p[i] = v >> 8 * i;
}

/*
 * A gzip member (RFC 1952) that holds @sum and a newline in one stored block: there is
 * one way alone to write it.
 */
static void make_seal(uint8_t *seal, const char *sum)
{
	static const uint8_t head[] = { 0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 1, SUM_LEN + 1, 0,
					0xff - (SUM_LEN + 1), 0xff };

	memcpy(seal, head, sizeof(head));
	memcpy(seal + sizeof(head), sum, SUM_LEN);
	seal[sizeof(head) + SUM_LEN] = '\n';
	put32(seal + SEAL_LEN - 8, crc32(0, seal + sizeof(head), SUM_LEN + 1));
	put32(seal + SEAL_LEN - 4, SUM_LEN + 1);
}

/* Of the first @size bytes of @path. */
static bool sum_of(const char *path, off_t size, char *sum)
{
	return SHA256FileChunk(path, sum, 0, size) != NULL;
}

static int append_seal(const char *path)
{
	char sum[SHA256_DIGEST_STRING_LENGTH];
	uint8_t seal[SEAL_LEN];
	struct stat st;
	FILE *f;

	if (stat(path, &st) || !sum_of(path, st.st_size, sum))
		return -1;
	make_seal(seal, sum);
	f = fopen(path, "ae");
	if (!f || fwrite(seal, sizeof(seal), 1, f) != 1) {
		if (f)
			fclose(f);
		return -1;
	}
	return fclose(f);
}

static bool seal_is_good(const char *path)
{
	uint8_t want[SEAL_LEN], have[SEAL_LEN];
	char sum[SHA256_DIGEST_STRING_LENGTH];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	bool good;

	good = fd >= 0 && !fstat(fd, &st) && st.st_size > SEAL_LEN &&
	       pread(fd, have, SEAL_LEN, st.st_size - SEAL_LEN) == SEAL_LEN &&
	       sum_of(path, st.st_size - SEAL_LEN, sum);
	if (fd >= 0)
		close(fd);
	if (!good)
		return false;
	make_seal(want, sum);
	return !memcmp(want, have, SEAL_LEN);
}

/* For nftw(). */
static struct archive *out;
static const char *top;
static size_t prefix_len;
static time_t stamp;

static int add_data(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	char buf[65536];
	ssize_t n;

	if (fd < 0)
		return -1;
	while ((n = read(fd, buf, sizeof(buf))) > 0)
		if (archive_write_data(out, buf, n) != n)
			n = -2;
	close(fd);
	return n < 0 ? -1 : 0;
}

static int add(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	struct archive_entry *e = archive_entry_new();
	char name[4200];
	int ret;

	(void)ftw;
	snprintf(name, sizeof(name), "%s%s", top, path + prefix_len);
	archive_entry_set_pathname(e, name);
	archive_entry_set_filetype(e, type == FTW_D ? AE_IFDIR : AE_IFREG);
	archive_entry_set_perm(e, type == FTW_D ? 0755 : 0644);
	archive_entry_set_mtime(e, stamp, 0);
	if (type == FTW_F)
		archive_entry_set_size(e, st->st_size);
	ret = archive_write_header(out, e) == ARCHIVE_OK ? 0 : -1;
	archive_entry_free(e);
	return ret || type == FTW_D ? ret : add_data(path);
}

int bundle_pack(const char *dir, const char *path, const char *name, time_t when, char *why,
		size_t len)
{
	int ret;

	out = archive_write_new();
	top = name;
	prefix_len = strlen(dir);
	stamp = when;
	archive_write_set_format_pax_restricted(out);
	archive_write_add_filter_gzip(out);
	ret = archive_write_set_options(out, "gzip:!timestamp") ||
	      archive_write_open_filename(out, path);
	if (!ret)
		ret = nftw(dir, add, 16, FTW_PHYS);
	ret |= archive_write_close(out);
	if (ret)
		snprintf(why, len, "cannot write %s: %s", path,
			 archive_error_string(out) ?: strerror(errno));
	archive_write_free(out);
	if (!ret && append_seal(path)) {
		snprintf(why, len, "cannot write %s: %s", path, strerror(errno));
		ret = -1;
	}
	return ret ? -1 : 0;
}

static bool is_plain(const char *name)
{
	for (const char *p = name; *p; p += strcspn(p, "/"), p += *p == '/')
		if (*p == '/' || !strncmp(p, "../", 3) || !strcmp(p, ".."))
			return false;
	return true;
}

static int take_file(struct archive *in, const char *path, long long *bytes)
{
	FILE *f = fopen(path, "wxe");
	char buf[65536];
	ssize_t n;
	int bad;

	if (!f)
		return -1;
	while ((n = archive_read_data(in, buf, sizeof(buf))) > 0) {
		*bytes += n;
		if (*bytes > MAX_BYTES) {
			errno = EFBIG;
			n = -1;
			break;
		}
		fwrite(buf, 1, n, f);
	}
	bad = ferror(f);
	return fclose(f) || bad || n < 0 ? -1 : 0;
}

/* The directories come before what is in them: bundle_pack() wrote it so. */
static int take(struct archive *in, struct archive_entry *e, const char *dir, long long *bytes)
{
	const char *name = archive_entry_pathname(e), *below;
	char path[4200];

	errno = EBADMSG;
	if (!name || *name == '/' || !is_plain(name) || archive_entry_hardlink(e))
		return -1;
	below = strchr(name, '/');
	if (!below || !below[1])
		return archive_entry_filetype(e) == AE_IFDIR ? 0 : -1;
	if (snprintf(path, sizeof(path), "%s%s", dir, below) >= (int)sizeof(path))
		return -1;
	if (archive_entry_filetype(e) == AE_IFDIR)
		return mkdir(path, 0777);
	return archive_entry_filetype(e) == AE_IFREG ? take_file(in, path, bytes) : -1;
}

int bundle_unpack(const char *path, const char *dir, bool *damaged, char *why, size_t len)
{
	struct archive *in;
	struct archive_entry *e;
	long long bytes = 0;
	int ret;

	*damaged = false;
	if (access(path, R_OK)) {
		snprintf(why, len, "cannot read %s: %s", path, strerror(errno));
		return -1;
	}
	*damaged = true;
	if (!seal_is_good(path)) {
		snprintf(why, len, "%s is not as it was written: its bytes do not have the SHA-256 at its end",
			 path);
		return -1;
	}
	in = archive_read_new();
	archive_read_support_format_tar(in);
	archive_read_support_filter_gzip(in);
	ret = archive_read_open_filename(in, path, 65536);
	while (!ret) {
		ret = archive_read_next_header(in, &e);
		if (!ret && take(in, e, dir, &bytes)) {
			snprintf(why, len, "cannot unpack %s: %s: %s", path,
				 archive_entry_pathname(e) ?: "(no name)", strerror(errno));
			archive_read_free(in);
			return -1;
		}
	}
	if (ret != ARCHIVE_EOF)
		snprintf(why, len, "cannot unpack %s: %s", path, archive_error_string(in));
	archive_read_free(in);
	return ret == ARCHIVE_EOF ? 0 : -1;
}
