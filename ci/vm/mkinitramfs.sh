#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Build the initramfs of a test guest: busybox, the guest agent as /init, the
# kernel's modules that VFIO needs, and the programs to run with every shared
# library they need. The archive is not compressed: unpacking would cost more
# time in an emulated guest than loading the larger file.
#
# usage: ci/vm/mkinitramfs.sh -k KERNEL_DIR [-r RELEASE] -i AGENT -o OUTPUT
#                             [-m MODULES_DIR]... [-c CACHE_DIR]
#                             [-e FILE=/PATH]... [FILE[=/PATH]]...
#   -k DIR         unpacked kernel package (lib/modules/RELEASE), or built kernel tree
#   -m DIR         .ko files laid over those of the same name; others are added
#   -c DIR         keep built archives here, named by the hash of their content
#   -e FILE=/PATH  goes in as it is, in a second archive that is not cached
#   FILE[=/PATH]   program, directory or file; default place: /bin/NAME
set -euo pipefail

die() { printf 'mkinitramfs: %s\n' "$*" >&2; exit 2; }

# What a VFIO guest loads; those a kernel lacks or has built in are left out.
WANTED='vfio vfio_iommu_type1 vfio_virqfd vfio-pci-core vfio-pci irqbypass pci-pf-stub
	uio uio_pci_generic
	mdev kvm kvm-amd kvm-intel virtio_pci virtio_console'

kernel='' release='' agent='' output='' overlays=() cache='' extra=()
while getopts k:r:i:o:m:c:e: opt; do
	case $opt in
	k) kernel=$OPTARG ;;
	r) release=$OPTARG ;;
	i) agent=$OPTARG ;;
	o) output=$OPTARG ;;
	m) [ -d "$OPTARG" ] || die "no directory $OPTARG"
	   overlays+=("$OPTARG") ;;
	c) cache=$OPTARG ;;
	e) extra+=("$OPTARG") ;;
	*) die "usage: see the head of $0" ;;
	esac
done
shift $((OPTIND - 1))
[ -n "${kernel:+${agent:+$output}}" ] || die "-k, -i and -o are needed"
[ -x "$agent" ] || die "no guest agent at $agent"
busybox=$(command -v busybox) || die "busybox is missing: run 'make deps'"
PATH=$PATH:/usr/sbin:/sbin
command -v depmod >/dev/null || die "depmod is missing: run 'make deps'"

umask 022
tmp=$(mktemp -d "${TMPDIR:-/tmp}/mkinitramfs.XXXXXX")
trap 'rm -rf "$tmp"' EXIT
trap 'exit 130' INT TERM HUP
root=$tmp/root

# Modules come from a package, or from a tree as it was built.
shopt -s nullglob
moddir='' index=''
for f in "$kernel"{,/usr}/lib/modules/*/modules.dep; do
	dir=${f%/*}
	[ "${dir##*/}" = "${release:-${dir##*/}}" ] && moddir=$dir index=$f
done
release=${release:-${moddir##*/}}
if [ -z "$moddir" ] && [ -e "$kernel/include/config/kernel.release" ]; then
	moddir=$kernel
	release=$(cat "$kernel/include/config/kernel.release")
	index=$kernel/modules.order
	[ -e "$index" ] || index=/dev/null	# all built in
fi
[ -n "$moddir" ] || die "no lib/modules/${release:-RELEASE}/modules.dep below $kernel"
mkdir -p "$root"/{bin,dev,etc,proc,sys,tmp,run} "$root/lib/modules/$release"

# One line per file that goes into the cached archive: SOURCE<tab>TARGET.
plan=$tmp/plan
put() { printf '%s\t%s\n' "$1" "$2" >>"$plan"; }

# Paths, one a line, behind the name of the module: NAME PATH.
with_names() {
	awk '{ name = $0; sub(/.*\//, "", name); sub(/\.ko.*/, "", name); gsub(/-/, "_", name)
	       print name, $0 }'
}

declare -A file_of=() place_of=()
while read -r name path; do
	file_of[$name]=$moddir/$path
	place_of[$name]=kernel/${path#kernel/}
done < <(sed 's/:.*//; s/\.o$/.ko/' "$index" | with_names)
wanted=${WANTED//-/_}
for dir in "${overlays[@]}"; do
	count=0
	while read -r name path; do
		magic=$(modinfo -F vermagic "$path" 2>/dev/null || true)
		[ -n "$magic" ] || die "$path is not a kernel module"
		[ "${magic%% *}" = "$release" ] ||
			die "$path was built for ${magic%% *}, the kernel is $release"
		file_of[$name]=$path
		place_of[$name]=updates/${path##*/}
		wanted+=" $name"
		count=$((count + 1))
	done < <(find -L "$dir" \( -name '*.ko' -o -name '*.ko.[xgz]*' \) | sort | with_names)
	[ $count -gt 0 ] || die "no .ko file below $dir"
done

# What is wanted, what that depends on, and so on.
declare -A seen=()
read -ra queue <<<"${wanted//$'\n'/ }"
while [ ${#queue[@]} -gt 0 ]; do
	files=()
	for name in "${queue[@]}"; do
		[ -z "${seen[$name]-}" ] || continue
		[ -n "${file_of[$name]-}" ] || continue
		seen[$name]=1
		files+=("${file_of[$name]}")
		put "${file_of[$name]}" "/lib/modules/$release/${place_of[$name]}"
	done
	queue=()
	[ ${#files[@]} -eq 0 ] ||
		read -ra queue < <(modinfo -F depends "${files[@]}" | tr ',\n-' '  _') || true
done
for f in modules.builtin modules.builtin.modinfo modules.order; do
	[ -e "$moddir/$f" ] && put "$moddir/$f" "/lib/modules/$release/$f"
done

put "$agent" /init
put "$busybox" /bin/busybox
for arg; do
	src=${arg%%=*}
	dest=/bin/${src##*/}
	[ "$src" = "$arg" ] || dest=${arg#*=}
	[ -e "$src" ] || die "no such file: $src"
	if [ -d "$src" ]; then
		while IFS= read -r f; do
			put "$f" "$dest/${f#"$src"/}"
		done < <(find -L "$src" -type f | sort)
	else
		put "$src" "$dest"
	fi
done

# The libraries of all programs, in one go: ldd prints "name => path" and the
# loader as a bare path.
mapfile -t programs < <(cut -f1 "$plan" | grep -v '\.ko' | while IFS= read -r f; do
	[ -x "$f" ] && printf '%s\n' "$f"; done)
lddout=$(ldd "${programs[@]}" 2>/dev/null || true)
if missing=$(grep -m1 'not found' <<<"$lddout"); then
	die "a program needs a library that is not here:$missing"
fi
while IFS= read -r lib; do
	put "$lib" "$lib"
done < <(awk '$2 == "=>" { print $3 } $1 ~ /^\// && $2 ~ /^\(/ { print $1 }' <<<"$lddout" | sort -u)

build() {
	local src dest
	while IFS=$'\t' read -r src dest; do
		mkdir -p "$root${dest%/*}"
		case $src in
		*.ko.xz) xz -dc "$src" >"$root${dest%.xz}" ;;
		*.ko.zst) zstd -qdc "$src" >"$root${dest%.zst}" ;;
		*.ko.gz) gzip -dc "$src" >"$root${dest%.gz}" ;;
		*) cp -L "$src" "$root$dest" ;;
		esac
	done < <(sort -u "$plan")
	"$busybox" --list | while IFS= read -r applet; do
		[ -e "$root/bin/$applet" ] || ln -s busybox "$root/bin/$applet"
	done
	depmod -b "$root" "$release" 2>"$tmp/depmod.log" || die "depmod: $(head -1 "$tmp/depmod.log")"
	archive "$root" >"$1"
}

# Times and owners are made equal, so that equal content gives equal archives.
archive() {
	find "$1" -exec touch -hd @0 {} +
	(cd "$1" && find . -mindepth 1 | sort | cpio -o -H newc -R 0:0 --reproducible --quiet)
}

base=$tmp/base
if [ -n "$cache" ]; then
	key=$({ cat "$0" "$plan"; cut -f1 "$plan" | sort -u | tr '\n' '\0' | xargs -0 sha256sum; } |
		sha256sum | cut -c1-32)
	mkdir -p "$cache"
	base=$cache/$key.cpio
fi
if [ -s "$base" ]; then
	touch "$base"
else
	build "$tmp/new"
	mv "$tmp/new" "$base.$$"
	mv "$base.$$" "$base"
	# Those used last stay.
	[ -z "$cache" ] || find "$cache" -name '*.cpio' -printf '%T@ %p\n' | sort -rn |
		tail -n +9 | cut -d' ' -f2- | tr '\n' '\0' | xargs -0r rm -f
fi

if [ ${#extra[@]} -gt 0 ]; then
	mkdir "$tmp/extra"
	for arg in "${extra[@]}"; do
		mkdir -p "$tmp/extra$(dirname "${arg#*=}")"
		cp -L "${arg%%=*}" "$tmp/extra${arg#*=}"
	done
	archive "$tmp/extra" >"$tmp/second"
	cat "$base" "$tmp/second" >"$output"
else
	cp "$base" "$output"
fi
