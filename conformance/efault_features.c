// SPDX-License-Identifier: GPL-2.0-only
/* Good arguments of DEVICE_FEATURE, and of the call that a data descriptor has. */
#include <string.h>
#include <unistd.h>

#include "efault_calls.h"
#include "sriov_util.h"

#define GET	VFIO_DEVICE_FEATURE_GET
#define SET	VFIO_DEVICE_FEATURE_SET
#define HEADER	sizeof(struct vfio_device_feature)

/* A call of @feature with @len bytes of @data behind the header. */
static const char *make(struct call *call, int fd, uint32_t flags, const void *data, size_t len)
{
	struct vfio_device_feature head = { .argsz = HEADER + len, .flags = flags };

	if (__feature_probe(fd, flags & VFIO_DEVICE_FEATURE_MASK, flags & (GET | SET)))
		return "the device does not have the feature";
	*call = (struct call){ .fd = fd, .request = VFIO_DEVICE_FEATURE, .len = HEADER + len };
	memcpy(call->buf, &head, HEADER);
	memcpy(call->buf + HEADER, data, len);
	return NULL;
}

static const char *migration(struct call_env *env, struct call *call)
{
	return make(call, env->dev.fd, GET | VFIO_DEVICE_FEATURE_MIGRATION, (uint64_t[1]){ 0 }, 8);
}

const struct call_kind kind_migration = { migration, 8, 16 };

static const char *state_get(struct call_env *env, struct call *call)
{
	return make(call, env->dev.fd, GET | VFIO_DEVICE_FEATURE_MIG_DEVICE_STATE,
		    (uint64_t[1]){ 0 }, 8);
}

const struct call_kind kind_state_get = { state_get, 16, 16 };

static const char *state_set(struct call_env *env, struct call *call)
{
	struct vfio_device_feature_mig_state state = {
		.device_state = VFIO_DEVICE_STATE_RUNNING, .data_fd = -1,
	};

	return make(call, env->dev.fd, SET | VFIO_DEVICE_FEATURE_MIG_DEVICE_STATE, &state,
		    sizeof(state));
}

const struct call_kind kind_state_set = { state_set, 16, 16 };

static const char *data_size(struct call_env *env, struct call *call)
{
	return make(call, env->dev.fd, GET | VFIO_DEVICE_FEATURE_MIG_DATA_SIZE,
		    (uint64_t[1]){ 0 }, 8);
}

const struct call_kind kind_data_size = { data_size, 8, 16 };

static const struct vfio_device_feature_dma_logging_range range = { IOVA_OF_CALLS, 0x1000 };

static const char *log_start(struct call_env *env, struct call *call)
{
	struct vfio_device_feature_dma_logging_control control = {
		.page_size = 0x1000, .num_ranges = 1, .ranges = (uintptr_t)&range,
	};

	return make(call, env->dev.fd, SET | VFIO_DEVICE_FEATURE_DMA_LOGGING_START, &control,
		    sizeof(control));
}

static void log_stop_again(struct call_env *env, int ret)
{
	feature_set(env->dev.fd, VFIO_DEVICE_FEATURE_DMA_LOGGING_STOP, NULL, 0);
}

const struct call_kind kind_log_start = { log_start, 32, 32, log_stop_again };

static const char *log_report(struct call_env *env, struct call *call)
{
	struct vfio_device_feature_dma_logging_report report = {
		.iova = range.iova, .length = range.length, .page_size = 0x1000,
		.bitmap = (uintptr_t)env->mem,
	};
	const char *why = log_start(env, call);

	if (why)
		return why;
	if (call_issue(call))
		CLIENT_FAIL("DMA_LOGGING_START failed");
	why = make(call, env->dev.fd, GET | VFIO_DEVICE_FEATURE_DMA_LOGGING_REPORT, &report,
		   sizeof(report));
	if (!why && call_issue(call) == -EOPNOTSUPP)
		why = "this kernel was built without iommufd and so without dirty bitmaps";
	return why;
}

const struct call_kind kind_log_report = { log_report, 40, 0 };

/* A second stop is nothing new to a device that has stopped. */
static const char *log_stop(struct call_env *env, struct call *call)
{
	const char *why = log_start(env, call);

	if (why)
		return why;
	if (call_issue(call))
		CLIENT_FAIL("DMA_LOGGING_START failed");
	return make(call, env->dev.fd, SET | VFIO_DEVICE_FEATURE_DMA_LOGGING_STOP, "", 0);
}

static void log_start_again(struct call_env *env, int ret)
{
	struct call call;

	log_start(env, &call);
	if (call_issue(&call))
		CLIENT_FAIL("DMA_LOGGING_START failed");
}

const struct call_kind kind_log_stop = { log_stop, 8, 0, log_start_again };

/* Open the device in @role beside the main one. */
static const char *want(struct call_env *env, enum device_role role)
{
	if (!role_bdf(role))
		return role_missing(role);
	env->role_fd = env->dev.fd;
	if (strcmp(role_bdf(role), role_bdf(ROLE_MAIN))) {
		device_open(&env->plain, role_bdf(role));
		env->role_fd = env->plain.fd;
	}
	return NULL;
}

static const char *vf_token(struct call_env *env, struct call *call)
{
	const char *why = want(env, ROLE_PF);
	uint8_t token[16];

	if (why)
		return why;
	token_bytes(TOKEN_RIGHT, token);
	return make(call, env->role_fd, SET | VFIO_DEVICE_FEATURE_PCI_VF_TOKEN, token, 16);
}

const struct call_kind kind_vf_token = { vf_token, 24, 0 };

static const char *low_power(struct call_env *env, struct call *call)
{
	const char *why = want(env, ROLE_PLAIN);

	return why ?: make(call, env->role_fd, SET | VFIO_DEVICE_FEATURE_LOW_POWER_ENTRY, "", 0);
}

static void power_exit(struct call_env *env, int ret)
{
	feature_set(env->role_fd, VFIO_DEVICE_FEATURE_LOW_POWER_EXIT, NULL, 0);
}

const struct call_kind kind_low_power = { low_power, 8, 0, power_exit };

static const char *low_power_wakeup(struct call_env *env, struct call *call)
{
	struct vfio_device_low_power_entry_with_wakeup entry = { .wakeup_eventfd = env->event };
	const char *why = want(env, ROLE_PLAIN);

	return why ?: make(call, env->plain.fd,
			   SET | VFIO_DEVICE_FEATURE_LOW_POWER_ENTRY_WITH_WAKEUP, &entry,
			   sizeof(entry));
}

const struct call_kind kind_low_power_wakeup = { low_power_wakeup, 16, 0, power_exit };

/* Leaving where nobody has entered does nothing. */
static const char *low_power_exit(struct call_env *env, struct call *call)
{
	const char *why = want(env, ROLE_PLAIN);

	return why ?: make(call, env->role_fd, SET | VFIO_DEVICE_FEATURE_LOW_POWER_EXIT, "", 0);
}

const struct call_kind kind_low_power_exit = { low_power_exit, 8, 0 };

static const char *precopy_info(struct call_env *env, struct call *call)
{
	struct vfio_precopy_info info = { .argsz = sizeof(info) };
	struct mig_answer answer;
	uint64_t flags = 0;

	if (__feature_get(env->dev.fd, VFIO_DEVICE_FEATURE_MIGRATION, &flags, sizeof(flags)) ||
	    !(flags & VFIO_MIGRATION_PRE_COPY))
		return "the device has no PRE_COPY";
	answer = mig_set(env->dev.fd, S_PRE_COPY);
	if (answer.ret || answer.data_fd < 0)
		CLIENT_FAIL("PRE_COPY: %s", client_errno(answer.ret));
	env->data_fd = answer.data_fd;
	*call = (struct call){ .fd = env->data_fd, .request = VFIO_MIG_GET_PRECOPY_INFO,
			       .len = sizeof(info) };
	memcpy(call->buf, &info, sizeof(info));
	return NULL;
}

const struct call_kind kind_precopy_info = { precopy_info, 24, 24 };
