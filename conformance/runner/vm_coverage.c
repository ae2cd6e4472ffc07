// SPDX-License-Identifier: GPL-2.0-only
/* vm --coverage: from what guests counted to a table, and to the page. */
#include "runner.h"
#include "vm_internal.h"
#include "vm_job.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

void vm_coverage_file(const struct vm_options *vm, int i, char *path, size_t size)
{
	snprintf(path, size, i ? "%s.%d" : "%s", vm->coverage, i);
}

int vm_coverage(const struct vm_options *vm, const char *dir, bool show)
{
	char script[PATH_MAX], kernel[PATH_MAX], tars[VM_MAX_GUESTS][PATH_MAX];
	char *argv[VM_MAX_GUESTS + 4] = { script, kernel, (char *)dir };
	int n, st, failed = 0;
	pid_t pid;

	snprintf(script, sizeof(script), "%s/kernel-coverage.sh", vm_libexec_path());
	snprintf(kernel, sizeof(kernel), strchr(vm->kernel, '/') ? "%s%s" : "%s/kernels/%s",
		 strchr(vm->kernel, '/') ? "" : path_state(), vm->kernel);
	for (n = 0; n < VM_MAX_GUESTS; n++) {
		vm_coverage_file(vm, n, tars[n], sizeof(tars[n]));
		if (n && access(tars[n], F_OK))
			break;
		argv[3 + n] = tars[n];
	}
	fflush(stdout);
	pid = fork();
	if (!pid) {
		if (!show)
			dup2(open("/dev/null", O_WRONLY | O_CLOEXEC), STDOUT_FILENO);
		execv(script, argv);
		_exit(127);
	}
	if (pid < 0 || waitpid(pid, &st, 0) != pid || !WIFEXITED(st) || WEXITSTATUS(st))
		return EXIT_CANNOT;
	while (n--)
		failed |= unlink(tars[n]);
	return failed ? EXIT_CANNOT : EXIT_HELD;
}
