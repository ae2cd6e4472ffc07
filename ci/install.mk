# SPDX-License-Identifier: GPL-2.0-only
# make install [PREFIX=/usr/local] [LIBDIR=lib] [DESTDIR=...], make uninstall
#
# What is installed finds its parts from where its program is, so that the tree can be
# moved as a whole. LIBDIR is lib, lib64 or lib/TRIPLET.

PREFIX ?= /usr/local
LIBDIR ?= lib
DESTDIR ?=
TOP := $(DESTDIR)$(PREFIX)
# Parts of the checks.
NOT_INSTALLED := bind-test edu-guest faults findings

INSTALLED = $(filter-out $(O)/libexec/unit/% $(O)/libexec/tests/% $(O)/obj/% $(O)/modules/% \
	$(FINDINGS) $(NOT_INSTALLED:%=$(LIBEXEC)/%) $(LIBEXEC)/faults/%,$(ALL))

.PHONY: install installed
installed: $$(INSTALLED)
install: installed
	$(Q)install -d $(TOP)/bin $(TOP)/$(LIBDIR) $(TOP)/libexec/vfio-compliance \
		$(TOP)/share/vfio-compliance/examples $(TOP)/share/doc/vfio-compliance
	$(Q)install -m 755 $(O)/bin/vfio-compliance $(TOP)/bin/
	$(Q)install -m 644 $(O)/lib/libvfio-core.so $(TOP)/$(LIBDIR)/
	$(Q)cd $(O)/libexec/vfio-compliance && tar -cf - $(NOT_INSTALLED:%=--exclude=./%) . | \
		tar -C $(abspath $(TOP))/libexec/vfio-compliance --no-same-owner -xf -
	$(Q)cd $(O)/share/vfio-compliance && tar -cf - --exclude=complete --exclude=./joined . | \
		tar -C $(abspath $(TOP))/share/vfio-compliance --no-same-owner -xf -
	$(Q)install -m 644 $(wildcard examples/*.[ch]) $(TOP)/share/vfio-compliance/examples/
	$(Q)install -d $(TOP)/share/man/man1 $(TOP)/share/man/man7 $(TOP)/share/bash-completion/completions
	$(Q)install -m 644 $(MAN)/man1/*.1 $(TOP)/share/man/man1/
	$(Q)install -m 644 $(MAN)/man7/*.7 $(TOP)/share/man/man7/
	$(Q)install -m 644 $(COMPLETION) $(TOP)/share/bash-completion/completions/
	$(Q)install -m 644 README.md CONTRIBUTING.md docs/*.md $(TOP)/share/doc/vfio-compliance/
	$(Q)echo '$(VERSION)' >$(TOP)/share/vfio-compliance/installed
	$(Q)chmod -R u+w,go+rX,go-w $(TOP)/libexec/vfio-compliance $(TOP)/share/vfio-compliance

.PHONY: uninstall
uninstall:
	$(Q)rm -f $(TOP)/bin/vfio-compliance $(TOP)/$(LIBDIR)/libvfio-core.so
	$(Q)rm -f $(TOP)/share/man/man1/vfio-compliance*.1 $(TOP)/share/man/man7/vfio-compliance*.7 \
		$(TOP)/share/bash-completion/completions/vfio-compliance
	$(Q)rm -rf $(TOP)/libexec/vfio-compliance $(TOP)/share/vfio-compliance \
		$(TOP)/share/doc/vfio-compliance
