# SPDX-License-Identifier: GPL-2.0-only
# The results model and its writers.

CFLAGS_reports = -D_GNU_SOURCE $(shell pkg-config --cflags jansson libxml-2.0 sqlite3 2>/dev/null) \
	-Ireports
REPORTS_LIBS := $(shell pkg-config --libs jansson libxml-2.0 sqlite3 2>/dev/null) -lm
REPORTS_SRCS := $(wildcard reports/*.c)

# Text files that are compiled in: report.css becomes report_css[], and so on. Chart.js is
# Debian's; it goes into the pages whole, so that each is one file.
ASSETS := report.css report.js bench.css bench.js
CHART_JS ?= /usr/share/javascript/chart.js/chart.min.js

$(O)/gen/reports/assets.c: $(ASSETS:%=reports/%) reports/build.mk
	$(call say,GEN,$@)
	@mkdir -p $(@D)
	$(Q){ printf '#include "html.h"\n'; for f in $(ASSETS); do \
		printf 'const char %s[] =\n' $$(echo $$f | tr . _); \
		sed -e '/SPDX-License-Identifier/d' -e 's/[\\"]/\\&/g' -e 's/.*/"&\\n"/' reports/$$f; \
		printf ';\n'; \
	done; \
	printf '__asm__(".section .rodata\\n.global chart_js\\nchart_js: .incbin \\"%s\\"\\n"\n' $(CHART_JS); \
	printf '"\\t.byte 0\\n.previous\\n");\n'; } > $@

$(O)/obj/reports/assets.o: $(O)/gen/reports/assets.c $(CHART_JS)
	$(call say,CC,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS_ALL) -Ireports -c -o $@ $<

$(CHART_JS):
	@echo "Chart.js is missing: run 'make deps' first" >&2; exit 2

$(O)/lib/libvfio-reports.a: $(call objs,$(REPORTS_SRCS)) $(O)/obj/reports/assets.o
	$(call say,AR,$@)
	@mkdir -p $(@D)
	$(Q)rm -f $@ && $(AR) rcs $@ $^

ALL += $(O)/lib/libvfio-reports.a

# Unit tests stand with those of lib/; a program that is measured by the tests of bench.
$(O)/libexec/unit/bench_stats: $(call objs,reports/tests/bench_stats.c) $(O)/lib/libvfio-reports.a
	$(call say,LD,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(sanflags) -o $@ $^ $(REPORTS_LIBS)

$(O)/libexec/tests/op_bench: $(call objs,reports/tests/op_bench.c bench/counter.c)
	$(call say,LD,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(sanflags) -o $@ $^

ALL += $(O)/libexec/unit/bench_stats $(O)/libexec/tests/op_bench
