# SPDX-License-Identifier: GPL-2.0-only
#
# One non-recursive Makefile; each folder adds its part in build.mk.
#
#   make                 build all
#   make deps            install what is missing (needs root once), see ci/deps.sh
#   make conform         run the suite on the embedded core, report in build/report
#   make check           the project's own tests, those in QEMU included
#   make mutants         which seeded bugs the suite notices
#   make fuzz-score      which of them the fuzz targets find
#   make lint            static checks
#   make install         below PREFIX, see ci/install.mk; make uninstall
#   make debug-kernel    build the kernel of `vm --kernel debug`
#
# Variables: O=DIR build directory, V=1 show commands, CC, SAN=address|thread,
# COV=1 count lines and branches (gcov), KSRC=TREE kselftest headers from that kernel tree,
# MUTANTS=1|canary with seeded bugs, see kapi/mutant.h.

O ?= build
# One name of the same folder: lists of dependencies name what they are of.
override O := $(patsubst $(CURDIR)/%,%,$(abspath $(O)))
V ?= 0
SAN ?=
COV ?=
MUTANTS ?=

.SUFFIXES:
.DELETE_ON_ERROR:
.SECONDEXPANSION:
MAKEFLAGS += -rR
.DEFAULT_GOAL := all

ifneq ($(filter default undefined,$(origin CC)),)
CC := gcc
endif
ifneq ($(filter default undefined,$(origin CXX)),)
CXX := g++
endif
AR := ar
Q := $(if $(filter 1,$(V)),,@)
say = $(if $(filter 1,$(V)),,@printf '  %-7s %s\n' '$(1)' '$(patsubst $(O)/%,%,$(2))')

WARN := -Wall -Wextra -Werror -Wmissing-prototypes -Wstrict-prototypes \
	-Wno-unused-parameter -Wno-sign-compare -Wno-missing-field-initializers \
	$(if $(findstring clang,$(CC)),,-Wno-format-truncation)
comma := ,
# Pointers may be unaligned and wrap, as in the kernel: those of users are any number.
sanflags := $(strip $(if $(filter address,$(SAN)),-fsanitize=address$(comma)undefined \
	-fno-sanitize=alignment$(comma)pointer-overflow -fno-sanitize-recover=undefined \
	-fno-omit-frame-pointer) \
	$(if $(filter thread,$(SAN)),-fsanitize=thread -fno-omit-frame-pointer) \
	$(if $(filter 1,$(COV)),--coverage -fprofile-update=atomic))
OPT ?= -O2 -g
CFLAGS_ALL := -std=gnu11 $(OPT) $(WARN) $(sanflags) -MMD -MP
# For programs that use VFIO: the newest uapi headers come first.
UAPI := -isystem $(O)/include/uapi
# For what is written against the kernel's API.
KAPI := -D__KERNEL__ -Ilib/kapi/include -I$(O)/include -fPIC -fvisibility=hidden \
	-fno-strict-aliasing -Wno-pointer-sign \
	$(if $(MUTANTS),-DVFIO_MUTANTS=$(if $(filter canary,$(MUTANTS)),2,1))

objs = $(patsubst %,$(O)/obj/%.o,$(basename $(1)))

include mock_driver/build.mk
include lib/build.mk
include examples/build.mk
include conformance/build.mk
include fuzz/build.mk
include bench/build.mk
include reports/build.mk
include ci/build.mk
include docs/build.mk

.PHONY: all
all: $(ALL)

$(O)/obj/%.o: %.c
	$(call say,CC,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS_ALL) $(CFLAGS_$(firstword $(subst /, ,$*))) $(CFLAGS_$*) -c -o $@ $<

# The kernel's headers that the build needs come with `make deps`.
$(O)/include/complete:
	@echo "the kselftest headers are missing: run 'make deps' first (or make deps KSRC=your-tree)" >&2; exit 2

.PHONY: clean
clean:
	$(Q)rm -rf $(O)/obj $(O)/bin $(O)/lib $(O)/libexec $(O)/share $(O)/report

-include $(shell find $(O)/obj -name '*.d' 2>/dev/null)

# A goal may have its whole path, as scripts have it.
$(CURDIR)/%: % ;
