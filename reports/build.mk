# SPDX-License-Identifier: GPL-2.0-only
# The results model and its writers.

CFLAGS_reports = -D_GNU_SOURCE $(shell pkg-config --cflags jansson libxml-2.0 2>/dev/null) -Ireports
REPORTS_LIBS := $(shell pkg-config --libs jansson libxml-2.0 2>/dev/null)
REPORTS_SRCS := $(wildcard reports/*.c)

# Text files that are compiled in: report.css becomes report_css[], and so on.
$(O)/gen/reports/assets.c: reports/report.css reports/report.js reports/build.mk
	$(call say,GEN,$@)
	@mkdir -p $(@D)
	$(Q){ for f in css js; do \
		printf 'extern const char report_%s[];\nconst char report_%s[] =\n' $$f $$f; \
		sed -e '/SPDX-License-Identifier/d' -e 's/[\\"]/\\&/g' -e 's/.*/"&\\n"/' reports/report.$$f; \
		printf ';\n'; \
	done; } > $@

$(O)/obj/reports/assets.o: $(O)/gen/reports/assets.c
	$(call say,CC,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS_ALL) -c -o $@ $<

$(O)/lib/libvfio-reports.a: $(call objs,$(REPORTS_SRCS)) $(O)/obj/reports/assets.o
	$(call say,AR,$@)
	@mkdir -p $(@D)
	$(Q)rm -f $@ && $(AR) rcs $@ $^

ALL += $(O)/lib/libvfio-reports.a
