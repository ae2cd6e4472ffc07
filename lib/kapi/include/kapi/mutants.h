/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The table of seeded bugs, of the kinds that VFIO has had: what kapi/mutant.h
 * makes of it, and where it is used, stands there.
 *
 * To add one: a row here, and MUTANT(name, when) or UNLESS_MUTANT(name, cond)
 * at the place that is to go wrong. `make mutants` says which test notices, and
 * `make fuzz-score` which fuzz target.
 *
 * X(name, area, kind, what goes wrong). Kinds: BOUND a check left out, RANGE off
 * by one or at an edge, PERMISSION, ERRNO, FLAG of an answer, CAP a chain, FSM,
 * STATE not kept or not reset, STALE what should have ended, REFCOUNT, LOCK,
 * UNWIND of a failure, EVENTFD, NOTIFY, MEMLOCK, OVERLAP, DIRTY.
 */
#ifndef KAPI_MUTANTS_H
#define KAPI_MUTANTS_H

#define KAPI_MUTANTS(X) \
	/* container */ \
	X(container_set_iommu_empty, container, PERMISSION, \
	  "SET_IOMMU does not ask for a group first") \
	X(container_set_iommu_twice, container, STATE, \
	  "SET_IOMMU replaces the backend that is there") \
	X(container_keeps_backend, container, STATE, "the backend outlives the last group") \
	X(container_mixes_noiommu, container, PERMISSION, \
	  "groups with and without IOMMU share a container") \
	X(container_noiommu_unprivileged, container, PERMISSION, \
	  "anyone may put a no-IOMMU group into a container") \
	X(container_users_leak, container, REFCOUNT, \
	  "a closed device still counts as a user of the container") \
	X(container_file_ref_missing, container, REFCOUNT, \
	  "an open device does not hold its group file") \
	X(container_ioctl_enotty, container, ERRNO, \
	  "an ioctl of a container without backend is ENOTTY") \
	X(container_dma_owner_kept, container, UNWIND, "a group that leaves still owns DMA") \
	X(container_extension_of_any, container, FLAG, \
	  "CHECK_EXTENSION asks backends the groups cannot have") \
	X(container_use_without_iommu, container, PERMISSION, \
	  "a device opens in a container without backend") \
	X(container_use_unprivileged, container, PERMISSION, "anyone may open a no-IOMMU device") \
	/* group */ \
	X(group_second_open, group, STATE, "a group file opens twice") \
	X(group_open_unprivileged, group, PERMISSION, "anyone may open a no-IOMMU group") \
	X(group_close_keeps_container, group, STATE, "a closed group stays in its container") \
	X(group_status_container_unset, group, FLAG, \
	  "GET_STATUS does not say that there is a container") \
	X(group_status_always_viable, group, FLAG, \
	  "GET_STATUS calls a group viable that others own") \
	X(group_set_container_twice, group, STATE, \
	  "SET_CONTAINER takes a group that has a container") \
	X(group_set_container_ebadf, group, ERRNO, \
	  "SET_CONTAINER with a descriptor of something else is EBADF") \
	X(group_unset_in_use, group, STATE, \
	  "UNSET_CONTAINER takes the container from open devices") \
	X(group_device_fd_inherited, group, FLAG, "device descriptors are not close-on-exec") \
	X(group_failed_open_keeps_device, group, UNWIND, \
	  "a failed open keeps the device registered") \
	X(group_failed_open_keeps_fd, group, UNWIND, \
	  "a failed open keeps its descriptor reserved") \
	X(group_device_name_prefix, group, PERMISSION, \
	  "GET_DEVICE_FD compares only the start of a name") \
	/* device */ \
	X(device_any_close_is_last, device, REFCOUNT, \
	  "the first of several closes closes the device") \
	X(device_close_keeps_registration, device, REFCOUNT, \
	  "a closed device file still holds its device") \
	X(device_ioctl_keeps_awake, device, REFCOUNT, \
	  "each ioctl leaves a reference that keeps the device awake") \
	X(device_close_keeps_kvm, device, STATE, "a closed device keeps its VM") \
	X(device_failed_open_counts, device, UNWIND, "a failed open counts as an open") \
	X(device_failed_open_keeps_kvm, device, UNWIND, "a failed open keeps its VM") \
	X(device_failed_open_uses_container, device, UNWIND, \
	  "a failed open still counts as a user of the container") \
	X(device_request_not_sent, device, NOTIFY, \
	  "nobody asks the user for a device that is to go") \
	X(device_goes_while_open, device, LOCK, "a device goes without waiting for its users") \
	X(device_found_while_leaving, device, STALE, \
	  "a device that waits to be unregistered is found by name") \
	X(devset_open_count_one, device, REFCOUNT, \
	  "open devices of a set are counted as one at most") \
	/* feature */ \
	X(feature_unknown_flags, feature, BOUND, "unknown flags are accepted") \
	X(feature_get_and_set, feature, BOUND, "GET and SET at once is accepted") \
	X(feature_probe_acts, feature, FLAG, "a PROBE does what it asks about") \
	X(feature_missing_einval, feature, ERRNO, \
	  "migration that a device does not have is EINVAL") \
	X(feature_argsz_one_short, feature, BOUND, "one byte less than the data is enough") \
	X(feature_copy_fault_ignored, feature, UNWIND, \
	  "a fault while the answer is written is no error") \
	/* migration */ \
	X(mig_stop_skips_p2p, migration, FSM, "STOP goes to RUNNING without RUNNING_P2P") \
	X(mig_precopy_skips_p2p, migration, FSM, \
	  "PRE_COPY goes to STOP_COPY without PRE_COPY_P2P") \
	X(mig_stops_in_missing_state, migration, FSM, \
	  "the path leads through states that the device lacks") \
	X(mig_to_missing_state, migration, FSM, "a state that the device lacks can be a goal") \
	X(mig_claims_precopy, migration, FLAG, "PRE_COPY is advertised by devices without") \
	X(mig_get_returns_fd, migration, STALE, \
	  "GET of the state returns a descriptor that is none") \
	X(mig_set_returns_fd, migration, STALE, \
	  "SET of a state without data returns a descriptor that is none") \
	X(mig_fd_inherited, migration, FLAG, "data descriptors are not close-on-exec") \
	X(mig_fault_keeps_fd, migration, UNWIND, \
	  "a fault while the descriptor is returned keeps it reserved") \
	X(mig_fault_keeps_stream, migration, REFCOUNT, \
	  "a fault while the descriptor is returned keeps the stream") \
	X(mig_failed_set_succeeds, migration, ERRNO, "a SET that the driver refuses succeeds") \
	X(mig_data_size_wrong, migration, BOUND, "the size of the data is one short") \
	/* logging */ \
	X(log_no_ranges, logging, BOUND, "logging starts with no ranges") \
	X(log_max_ranges_off, logging, RANGE, "one range less than the most is too many") \
	X(log_overlap, logging, OVERLAP, "ranges may overlap") \
	X(log_unaligned, logging, BOUND, "ranges need not be aligned") \
	X(log_wraps, logging, BOUND, "ranges may wrap") \
	X(log_range_one_longer, logging, RANGE, "a range reaches into the page behind it") \
	X(log_fault_keeps_logging, logging, UNWIND, \
	  "a fault while the page size is returned leaves logging on") \
	X(log_report_any_page_size, logging, BOUND, \
	  "a report takes page sizes that are no power of two") \
	X(log_bitmap_one_more, logging, DIRTY, "one bit too many is set for a range") \
	X(log_bitmap_overwrites, logging, DIRTY, "bits of earlier reports are wiped") \
	X(log_window_shifted, logging, RANGE, \
	  "all windows of a report but the first are a page on") \
	X(log_window_fault_ignored, logging, BOUND, \
	  "a page of the bitmap that cannot be written is passed over") \
	/* pin */ \
	X(pin_too_many, pin, BOUND, "more pages than the most can be pinned") \
	X(pin_none, pin, BOUND, "no pages can be pinned") \
	X(pin_rw_nothing, pin, BOUND, "an access of no bytes succeeds") \
	X(pin_write_to_readonly, pin, PERMISSION, \
	  "pages of a read-only mapping are pinned for writing") \
	X(pin_failure_keeps_part, pin, UNWIND, "a pin that fails keeps the pages it had") \
	X(pin_again_not_counted, pin, REFCOUNT, "a page pinned twice goes with the first unpin") \
	X(pin_v1, pin, PERMISSION, "pages of a v1 container can be pinned") \
	X(pin_not_dirty, pin, DIRTY, "a page that a driver pins is not dirty") \
	X(pin_scope_not_noted, pin, DIRTY, "a group that pins counts as writing anywhere") \
	X(pin_not_charged, pin, MEMLOCK, "pages that a driver pins are not charged") \
	X(pin_charge_kept, pin, MEMLOCK, "unpinned pages stay charged") \
	X(pin_rw_to_readonly, pin, PERMISSION, "drivers write to read-only mappings") \
	X(pin_rw_not_dirty, pin, DIRTY, "what a driver writes is not dirty") \
	X(pin_rw_first_mapping_only, pin, RANGE, \
	  "an access over two mappings ends with the first") \
	X(pin_unmap_not_told, pin, NOTIFY, "drivers do not hear of an unmap") \
	/* type1 */ \
	X(type1_v1_like_v2, type1, FLAG, "a v1 container has the rules of v2") \
	X(type1_unmap_all_hidden, type1, FLAG, "UNMAP_ALL is not advertised") \
	X(type1_entry_limit_off, type1, RANGE, "one mapping less than the limit is available") \
	X(type1_replay_skipped, type1, UNWIND, \
	  "a domain that comes later lacks the mappings made before") \
	X(type1_reaccount_forgets_pins, type1, MEMLOCK, \
	  "pins of drivers are free once the last domain has gone") \
	X(type1_detach_not_dirty, type1, DIRTY, "what a group wrote before it left is not dirty") \
	X(type1_attach_waits_not, type1, STATE, "a group joins while addresses are being updated") \
	X(type1_msi_window_usable, type1, BOUND, "reserved windows can be mapped") \
	X(type1_iova_end_off, type1, RANGE, "a range of usable addresses ends one too late") \
	X(type1_aperture_ignored, type1, BOUND, "addresses beyond the aperture can be mapped") \
	X(cap_next_off, type1, CAP, "the links of a chain lead past the capability") \
	X(cap_exact_room_refused, type1, RANGE, "a chain that just fits is not given") \
	X(cap_offset_without_chain, type1, CAP, "cap_offset is set though the chain did not fit") \
	X(cap_needed_not_told, type1, CAP, "argsz does not say how much the chain needs") \
	X(type1_info_pgsizes_unset, type1, FLAG, "the page sizes are not announced") \
	X(type1_info_bitmap_size_off, type1, BOUND, "the largest bitmap announced is too large") \
	X(type1_map_overlap, type1, OVERLAP, "a mapping may overlap another") \
	X(type1_map_unknown_flags, type1, BOUND, "MAP_DMA takes unknown flags") \
	X(type1_map_unaligned_vaddr, type1, BOUND, "the address of a mapping need not be aligned") \
	X(type1_map_wraps, type1, BOUND, "a mapping may wrap") \
	X(type1_map_without_access, type1, BOUND, "a mapping needs no access") \
	X(type1_map_over_limit, type1, BOUND, "more mappings than the limit can be made") \
	X(type1_map_reserved, type1, BOUND, "addresses out of the usable ranges can be mapped") \
	X(type1_failed_map_stays, type1, UNWIND, "a mapping that could not be pinned stays") \
	X(type1_map_without_bitmap, type1, DIRTY, \
	  "a mapping made while tracking is on is not tracked") \
	X(type1_vaddr_other_size, type1, BOUND, \
	  "a new address is taken for a mapping of another size") \
	X(type1_vaddr_count_kept, type1, REFCOUNT, "an updated address still counts as missing") \
	X(type1_vaddr_not_changed, type1, STALE, "the old address stays in use after an update") \
	X(type1_limit_ignored, type1, MEMLOCK, "everybody may lock as much as root") \
	X(type1_map_always_writable, type1, PERMISSION, \
	  "devices may write to what is mapped for reading") \
	X(type1_memlock_off, type1, MEMLOCK, "the limit on locked memory is a page too low") \
	X(type1_owner_not_changed, type1, MEMLOCK, \
	  "who updates an address does not take over the account") \
	X(type1_memlock_kept, type1, MEMLOCK, "memory that is unmapped stays charged") \
	X(type1_avail_kept, type1, REFCOUNT, "an unmapped mapping still counts against the limit") \
	X(type1_unmap_bisects_first, type1, RANGE, "UNMAP_DMA may begin within a mapping") \
	X(type1_unmap_bisects_last, type1, RANGE, "UNMAP_DMA may end within a mapping") \
	X(type1_unmap_size_not_told, type1, ERRNO, "UNMAP_DMA does not say how much it unmapped") \
	X(type1_unmap_all_with_range, type1, BOUND, "UNMAP_DMA of all takes a range") \
	X(type1_unmap_nothing, type1, BOUND, "UNMAP_DMA takes a range of no size") \
	X(type1_unmap_vaddr_dirty, type1, BOUND, \
	  "UNMAP_DMA of addresses can report dirty pages") \
	X(type1_unmap_vaddr_twice, type1, STATE, "an address can be taken away twice") \
	X(type1_unmap_first_only, type1, RANGE, \
	  "UNMAP_DMA of several mappings ends with the first") \
	X(type1_unmap_wraps, type1, BOUND, "UNMAP_DMA takes a range that wraps") \
	X(type1_unmap_still_translates, type1, STALE, "devices still reach what was unmapped") \
	X(type1_failed_map_charged, type1, MEMLOCK, "a mapping that fails half way stays charged") \
	X(type1_pinned_charged_twice, type1, MEMLOCK, \
	  "pages that a driver has pinned are charged again") \
	/* dirty */ \
	X(dirty_last_page_lost, dirty, DIRTY, "the last page of a range is not dirty") \
	X(dirty_not_cleared, dirty, DIRTY, "a page that was reported stays dirty") \
	X(dirty_pinned_lost, dirty, DIRTY, "pinned pages are dirty only once") \
	X(dirty_start_wipes, dirty, STATE, "a second START forgets what was dirty") \
	X(dirty_stop_goes_on, dirty, STATE, "STOP leaves tracking on") \
	X(dirty_several_flags, dirty, BOUND, "DIRTY_PAGES takes several actions at once") \
	X(dirty_short_bitmap, dirty, BOUND, "a bitmap may be too short for its range") \
	X(dirty_begins_within, dirty, RANGE, "GET_BITMAP may begin within a mapping") \
	X(dirty_ends_within, dirty, RANGE, "GET_BITMAP may end within a mapping") \
	X(dirty_carry_lost, dirty, DIRTY, \
	  "bits that reach into the next word of the bitmap are lost") \
	X(dirty_first_word_wiped, dirty, DIRTY, "bits of the mapping before are wiped") \
	X(dirty_v1, dirty, PERMISSION, "a v1 container tracks dirty pages") \
	X(dirty_any_page_size, dirty, BOUND, "the bitmap may have another page size") \
	X(dirty_mapped_clean, dirty, DIRTY, \
	  "a device that can write anywhere leaves no page dirty") \
	/* kvm */ \
	X(kvm_add_twice, kvm, STATE, "a file can be added twice") \
	X(kvm_del_unknown, kvm, ERRNO, "a file that was not added can be removed") \
	X(kvm_add_any_file, kvm, PERMISSION, "a file that is not of VFIO can be added") \
	X(kvm_del_keeps_pointer, kvm, STALE, "a file that was removed still has the VM") \
	X(kvm_second_device, kvm, STATE, "a VM may have two VFIO devices") \
	X(kvm_release_keeps_files, kvm, UNWIND, "the device goes and its files stay held") \
	X(kvm_del_keeps_file, kvm, REFCOUNT, "a file that was removed stays held") \
	X(kvm_add_not_held, kvm, REFCOUNT, "a file that was added is not held") \
	X(kvm_unknown_attr, kvm, BOUND, "unknown attributes are accepted") \
	X(kvm_has_any_attr, kvm, FLAG, "every attribute is said to be there") \
	X(kvm_del_coherency_kept, kvm, STATE, \
	  "a VM stays noncoherent when the device that made it so goes") \
	X(kvm_other_process, kvm, PERMISSION, "another process may use the device of a VM") \
	X(kvm_test_creates, kvm, FLAG, "CREATE_DEVICE_TEST creates a device") \
	X(kvm_assigned_kept, kvm, REFCOUNT, "a removed file still counts as assigned") \
	X(kvm_device_without_ref, kvm, REFCOUNT, "an open device has its VM without a reference") \
	/* mdev */ \
	X(mdev_any_uuid_length, mdev, BOUND, "text behind a UUID is accepted") \
	X(mdev_remove_by_zero, mdev, BOUND, "a 0 written to remove removes the device") \
	X(mdev_instance_not_counted, mdev, REFCOUNT, "a device does not use up an instance") \
	X(mdev_instance_kept, mdev, REFCOUNT, "a removed device still uses up its instance") \
	X(mdev_failed_create_stays, mdev, UNWIND, \
	  "a device whose driver failed stays on the list") \
	X(mdev_no_instance_enospc, mdev, ERRNO, "no instance left is ENOSPC") \
	/* pci */ \
	X(pci_reset_unsupported, pci, BOUND, "RESET is tried on a device that has none") \
	X(pci_open_keeps_bus_master, pci, STATE, "a device opens with DMA on") \
	X(pci_open_not_reset, pci, STATE, "a device is not reset when it opens") \
	X(pci_close_keeps_irqs, pci, STATE, "interrupts stay set up after the close") \
	X(pci_close_keeps_ioeventfds, pci, STATE, "eventfds write to the device after the close") \
	X(pci_close_keeps_disintx, pci, STATE, \
	  "the next user starts with the DisINTx of the last") \
	X(pci_close_keeps_power_state, pci, STATE, \
	  "a device closes in the power state that the user chose") \
	X(pci_close_not_reset, pci, STATE, "a device is not reset when it closes") \
	X(pci_close_not_restored, pci, STATE, "config space stays as the user left it") \
	X(pci_close_keeps_eventfds, pci, EVENTFD, \
	  "ERR and REQ eventfds are signalled after the close") \
	X(info_claims_reset, pci, FLAG, "every device is said to have a reset") \
	X(info_bar_size_off, pci, BOUND, "a BAR is a byte shorter than it is") \
	X(info_bar_mmap_hidden, pci, FLAG, "no BAR is said to be mappable") \
	X(info_msix_mappable_missing, pci, CAP, \
	  "the BAR of the vector table lacks its capability") \
	X(info_vga_without, pci, BOUND, "devices without VGA have a VGA region") \
	X(info_config_read_only, pci, FLAG, "configuration space is said to be read-only") \
	X(info_caps_flag_missing, pci, CAP, "a region with capabilities does not say so") \
	X(info_irq_behind_last, pci, BOUND, "an interrupt index behind the last is accepted") \
	X(info_irq_flags_wrong, pci, FLAG, "INTx is not said to mask itself") \
	X(info_msix_count_off, pci, RANGE, "MSI-X has a vector less than it has") \
	/* irq */ \
	X(irq_range_one_past, irq, RANGE, "a range of interrupts may end one behind the last") \
	X(irq_starts_at_count, irq, RANGE, \
	  "an empty range of interrupts may start behind the last") \
	X(irq_unknown_flags, irq, BOUND, "SET_IRQS takes unknown flags") \
	X(irq_data_too_short, irq, BOUND, "SET_IRQS takes less data than interrupts") \
	X(irq_no_action_einval, irq, ERRNO, "an action that an index lacks is EINVAL") \
	X(irq_bad_err_fd, irq, BOUND, "ERR and REQ take descriptors below -1") \
	X(irq_err_eventfd_kept, irq, EVENTFD, \
	  "an ERR or REQ eventfd that was taken away is signalled") \
	X(irq_request_not_signalled, irq, NOTIFY, "the REQ eventfd is not signalled") \
	X(intx_ignores_disintx, irq, STATE, "INTx starts unmasked though DisINTx is set") \
	X(intx_not_automasked, irq, STATE, "INTx is not noted as masked when it came") \
	X(intx_not_sent_again, irq, NOTIFY, "INTx that is still asserted at the unmask is lost") \
	X(intx_sent_while_disabled, irq, STATE, "INTx is signalled though DisINTx is set") \
	X(intx_mask_by_eventfd, irq, ERRNO, "MASK with an eventfd is EINVAL") \
	X(intx_disable_keeps_unmask, irq, EVENTFD, \
	  "the unmask eventfd is still read after INTx is off") \
	X(intx_beside_msi, irq, STATE, "INTx can be set up while MSI is") \
	X(intx_eventfd_not_replaced, irq, EVENTFD, "a second eventfd does not replace the first") \
	X(msi_beside_intx, irq, STATE, "MSI can be set up while INTx is") \
	X(msi_failed_block_stays, irq, UNWIND, "vectors set up before one that fails stay") \
	X(msi_bool_ignored, irq, BOUND, "a loopback test signals also what it does not name") \
	X(msi_disable_keeps_mode, irq, STATE, "MSI that was switched off keeps other modes out") \
	X(msi_vector_not_cleared, irq, EVENTFD, \
	  "a vector whose eventfd is taken away still signals") \
	X(msi_failed_enable_stays, irq, UNWIND, "MSI stays on when its first vectors fail") \
	X(virqfd_second_accepted, irq, EVENTFD, "a second eventfd takes the place of the first") \
	X(virqfd_pending_lost, irq, NOTIFY, \
	  "what was written before an eventfd was given is lost") \
	/* region */ \
	X(ioeventfd_twice, region, STATE, "a store can have two eventfds") \
	X(ioeventfd_remove_none, region, ERRNO, "a store without an eventfd can be removed") \
	X(ioeventfd_past_end, region, RANGE, "a store may reach over the end of a BAR") \
	X(ioeventfd_on_vectors, region, PERMISSION, "a store may go to the vector table") \
	X(ioeventfd_no_limit, region, BOUND, "there is no limit on stores") \
	X(mmap_private, region, BOUND, "a BAR can be mapped privately") \
	X(mmap_past_end, region, RANGE, "a mapping may reach over the end of a BAR") \
	X(mmap_memory_off, region, STATE, "a mapped BAR works while memory is off") \
	X(mmap_low_power, region, STATE, "a mapped BAR works in low power") \
	X(mmap_not_zapped, region, STALE, "mappings of a BAR survive what must end them") \
	X(rw_memory_off, region, STATE, "a BAR can be accessed while memory is off") \
	X(rw_vectors_shown, region, PERMISSION, "the vector table can be read and written") \
	X(rw_vectors_one_short, region, RANGE, \
	  "the last byte of the vector table can be accessed") \
	X(rw_end_einval, region, ERRNO, "an access over the end of a BAR is EINVAL") \
	X(rw_rom_written, region, PERMISSION, "the ROM can be written") \
	X(rw_too_wide, region, BOUND, "unaligned accesses are not split") \
	X(rw_ones_not_written, region, BOUND, "what must not be read leaves the buffer as it was") \
	/* config */ \
	X(config_past_end, config, RANGE, \
	  "an access may reach over the end of configuration space") \
	X(config_virtual_reaches_device, config, PERMISSION, \
	  "virtual bits are written to the device") \
	X(config_read_only_written, config, PERMISSION, \
	  "read-only bits of a virtual register can be written") \
	X(config_header_of_device, config, CAP, \
	  "the chain of capabilities is the one of the device") \
	X(config_bar_not_sized, config, STATE, "a BAR reads back as it was written") \
	X(config_bar_type_lost, config, FLAG, "a BAR that was sized has lost its type") \
	X(config_disintx_ignored, config, STATE, "DisINTx does not mask INTx") \
	X(config_bars_not_restored, config, STATE, "BARs that a reset wiped are not written back") \
	X(config_memory_kept_on, config, STATE, "memory switched off is noted as on") \
	X(config_d3_memory_on, config, STATE, "device memory works in D3hot") \
	X(config_msi_enabled_by_user, config, PERMISSION, \
	  "the user can switch MSI on by its register") \
	X(config_power_state_ignored, config, STATE, "a write of the power state changes nothing") \
	X(config_flr_ignored, config, STATE, "a function level reset by register does nothing") \
	X(config_pme_shown, config, FLAG, "the user is shown power events that are the host's") \
	/* reset */ \
	X(hot_reset_anyone, reset, PERMISSION, "who owns one group of a set resets all of it") \
	X(hot_reset_any_file, reset, PERMISSION, "any file counts as a proof") \
	X(hot_reset_too_many, reset, BOUND, "more groups than devices can be shown") \
	X(hot_reset_unbound_sibling, reset, PERMISSION, \
	  "a device that is not of VFIO is reset along") \
	X(hot_reset_failure_keeps_locks, reset, UNWIND, \
	  "a reset that is refused keeps the memory locks") \
	X(hot_reset_keeps_groups, reset, REFCOUNT, "group files that were shown stay held") \
	X(hot_reset_unlisted, reset, BOUND, \
	  "the list has one device less than the reset takes along") \
	X(hot_reset_count_not_told, reset, ERRNO, \
	  "a list without room does not say how long it is") \
	X(hot_reset_flags_taken, reset, BOUND, "unknown flags are accepted") \
	X(hot_reset_does_nothing, reset, STATE, "a hot reset succeeds and resets nothing") \
	X(close_resets_open_siblings, reset, STATE, \
	  "the close of a device resets those that are open") \
	/* power */ \
	X(low_power_twice, power, REFCOUNT, "low power can be entered twice") \
	X(low_power_no_wakeup, power, NOTIFY, "the wakeup eventfd is not signalled") \
	X(low_power_bad_eventfd, power, BOUND, "a negative wakeup eventfd is taken as none") \
	X(low_power_intx_masked, power, STATE, "INTx stays masked after low power") \
	X(low_power_exit_stays, power, STATE, "low power does not end by its exit") \
	X(d3_state_not_restored, power, STATE, "what D3 loses is not restored") \
	/* sriov */ \
	X(vf_wrong_token, sriov, PERMISSION, "a VF opens with a wrong token") \
	X(pf_opens_beside_vfs, sriov, PERMISSION, \
	  "a PF whose VFs are in use opens without a token") \
	X(vf_users_kept, sriov, REFCOUNT, "a closed VF still counts as in use") \
	X(pf_token_not_set, sriov, STATE, "a token given with the name of a PF is not kept") \
	X(pf_token_feature_lost, sriov, STATE, "a token set by the feature is not kept") \
	X(pf_first_token_known, sriov, PERMISSION, "the first token of a PF is all zeroes") \
	X(vf_to_host_driver, sriov, PERMISSION, "VFs of a user's PF go to a driver of the host") \
	X(token_for_others, sriov, ERRNO, "a token given to a device without SR-IOV is ignored") \
	/* dmabuf */ \
	X(dma_buf_past_end, dmabuf, RANGE, "a buffer may reach over the end of a BAR") \
	X(dma_buf_unaligned, dmabuf, BOUND, "ranges of a buffer need not be aligned") \
	/* mock */ \
	X(mock_reset_ignored, mock, STATE, "a reset does not end ERROR") \
	X(mock_failed_arc_moves, mock, FSM, "an arc that fails changes the state") \
	X(mock_error_not_final, mock, FSM, "ERROR can be left without a reset") \
	X(mock_size_short, mock, BOUND, "the stream is longer than announced") \
	X(mock_save_not_ended, mock, STALE, \
	  "the stream of a state that was left can still be read") \
	X(mock_stale_fd, mock, STALE, "a data descriptor works after its session") \
	X(mock_end_not_polled, mock, NOTIFY, \
	  "who polls a data descriptor sleeps through the end of its session") \
	X(mock_sum_ignored, mock, BOUND, "a damaged state is loaded") \
	X(mock_incomplete_loaded, mock, BOUND, "an incomplete state is loaded") \
	X(mock_any_magic, mock, BOUND, "a record of another format is accepted") \
	X(mock_error_forgotten, mock, STATE, "a stream that was refused can go on") \
	X(mock_precopy_end_is_eof, mock, ERRNO, \
	  "no more data in PRE_COPY is the end of the stream") \
	X(mock_precopy_info_later, mock, FSM, "PRECOPY_INFO works in STOP_COPY") \
	X(mock_log_starts_twice, mock, STATE, "logging can be started twice") \
	X(mock_log_stops_twice, mock, STATE, "logging that is off can be stopped") \
	X(mock_log_not_cleared, mock, DIRTY, "a page that was reported stays in the log") \
	X(mock_log_everything, mock, DIRTY, "writes out of the ranges are logged") \
	X(mock_close_keeps_logging, mock, STATE, "logging stays on after the close") \
	X(mock_close_keeps_pins, mock, UNWIND, "pages stay pinned after the close") \
	X(mock_close_keeps_session, mock, STALE, "the session of a closed device goes on") \
	X(mock_mdev_config_open, mock, PERMISSION, \
	  "every byte of configuration space can be written") \
	X(mock_mdev_close_keeps_eventfd, mock, EVENTFD, \
	  "the REQ eventfd is signalled after the close") \
	X(mock_mdev_reset_nothing, mock, STATE, "a reset leaves configuration space as it is") \
	X(mock_mdev_region_behind_last, mock, BOUND, "a region behind the last is described")

#endif
