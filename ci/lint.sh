#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Static checks: SPDX lines, who may include whom, shellcheck, cppcheck, and
# both compilers' warnings. Prints TAP.
#
# usage: ci/lint.sh BUILD_DIR
cd "$(dirname "$0")/.." || exit 2
. ci/check/tap.sh

# Sources by git's account where there is one.
sources() {
	if git rev-parse --is-inside-work-tree >/dev/null 2>&1; then
		git ls-files -co --exclude-standard -- "$@"
	else
		find . -path ./build -prune -o -type f -print | sed 's#^\./##' |
			grep -E "$(printf '%s\n' "$@" | sed 's/[.]/[.]/g; s/^\*//; s/$/$/' | paste -sd'|')"
	fi
}

missing=$(sources '*.c' '*.h' '*.cc' '*.sh' '*.mk' '*.clauses' Makefile 'ci/check/*' |
	xargs grep -L 'SPDX-License-Identifier: GPL-2.0-only')
check "every source has its SPDX line${missing:+: $missing}" test -z "$missing"

# lib/core and vfio-pci-core stand on kapi alone, as drivers/vfio on the kernel.
strangers=$(sources 'lib/core/*.[ch]' 'lib/pci/*.[ch]' | grep -v '^lib/pci/model/' |
	xargs grep -nE '^#include *[<"]' |
	grep -vE '#include *(<(linux|uapi/linux|asm|kapi)/|"[a-z0-9_]+\.h"|"\.\./core/(compat|profile|vfio)\.h")')
check "lib/core and lib/pci include kapi and themselves${strangers:+: $strangers}" test -z "$strangers"
inner=$(sources 'lib/kapi/*.[ch]' | xargs grep -nE '#include *"\.\./(core|pci|syscall)|#include *<lib/(core|pci)')
check "kapi knows nothing of what stands on it${inner:+: $inner}" test -z "$inner"
reach=$(sources 'conformance/*.[ch]' 'bench/*.c' 'lib/client/*.[ch]' | grep -v '^conformance/runner/' |
	xargs grep -nE '#include *["<](.*/)?(kapi|core|pci)/')
check "tests and benchmarks know nothing of the core${reach:+: $reach}" test -z "$reach"
outside=$(sources 'mock_driver/*.[ch]' 'examples/*.[ch]' | xargs grep -nE '^#include *<' |
	grep -vE '<(linux|uapi/linux|asm)/|^mock_driver/.*<(kapi/mutant|stdint)[.]h>')
check "drivers know the kernel alone${outside:+: $outside}" test -z "$outside"
above=$(sources 'reports/*.[ch]' | xargs grep -oE '^#include *"[^"]*' | while IFS=: read -r f header; do
	[ -e "reports/${header#*\"}" ] || [ -e "$(dirname "$f")/${header#*\"}" ] || echo "$f: ${header#*\"}"
done)
check "reports know nothing of who runs the tests${above:+: $above}" test -z "$above"
names=$(sources '*' | grep -vE '^(COPYING|build/)' | xargs grep -nIE '/work/|/tmp/w/' | grep -v '^ci/lint.sh')
check "no path of one machine${names:+: $names}" test -z "$names"

python=$(sources '*.py'; sources '*' | grep -vE '^(build/|.*[.]md$)' | xargs grep -lIE '^#!.*python' --)
check "no Python of our own${python:+: $python}" test -z "$python"
snippets=$(sources 'ci/*' '*.mk' '*.sh' Makefile | grep -vE '^ci/(lint.sh|packages.txt)$' |
	xargs grep -nE 'python3? +(-|\S*"?\$|[a-z/]*[.]py)|execl.*python' |
	grep -vE 'kunit[.]py|ci/check/55-unmodified:')
check "nor within scripts, but for what tests others' programs${snippets:+: $snippets}" test -z "$snippets"

while read -r f; do
	check "shellcheck $f" shellcheck -x -S warning "$f"
done < <(sources '*.sh' 'ci/check/*' .ci/run)

check "cppcheck" cppcheck --quiet --error-exitcode=1 --inline-suppr -j"$(nproc)" \
	--suppress=missingInclude --suppress=unknownMacro \
	--enable=warning,portability --std=c11 -Ireports -Iconformance/runner \
	conformance/runner reports lib/kmod lib/client ci/mutants
tap_done
