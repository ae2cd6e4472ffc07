// SPDX-License-Identifier: GPL-2.0-only
/* The edu device: registers, interrupts to request_irq() handlers, DMA through a domain. */
#include <kapi/phys.h>
#include <linux/mm.h>
#include <sys/mman.h>

#include "pci_machine.h"

static struct pci_dev *edu;
static void __iomem *bar;

static void test_registers(void)
{
	unsigned int i;
	u32 fact = 1;

	iowrite32(0x12345678, bar + EDU_REG_LIVENESS);
	is(ioread32(bar + EDU_REG_LIVENESS), ~0x12345678u, "liveness inverts");
	for (i = 0; i <= 13; i++) {
		fact = i ? fact * i : 1;
		iowrite32(i, bar + EDU_REG_FACTORIAL);
		while (ioread32(bar + EDU_REG_STATUS) & EDU_STATUS_COMPUTING)
			;
		is(ioread32(bar + EDU_REG_FACTORIAL), fact, "%u!", i);
	}
	iowrite32(1000000, bar + EDU_REG_FACTORIAL);
	is(ioread32(bar + EDU_REG_FACTORIAL), 0, "a factorial that wraps to 0");
	iowrite32(~0u, bar + EDU_REG_STATUS);
	is(ioread32(bar + EDU_REG_STATUS), EDU_STATUS_IRQFACT, "one bit of status is writable");
	iowrite32(0, bar + EDU_REG_STATUS);
	iowrite32(1, bar);
	is(ioread32(bar), EDU_ID, "the id is not");
}

/* As measured in QEMU 7.2. */
static void test_widths(void)
{
	is(ioread8(bar), 0, "1 byte reads 0");
	is(ioread16(bar), 0, "2 bytes read 0");
	is(ioread64(bar), ~0ull, "8 bytes below 0x80 read all ones");
	is(ioread32(bar + EDU_REG_IRQ_RAISE), ~0u, "write-only registers read all ones");
	is(ioread32(bar + 0xa0), ~0u, "no register: all ones");
	is(ioread32(bar + EDU_BUF), ~0u, "the buffer cannot be read");
	iowrite32(5, bar + EDU_REG_LIVENESS);
	iowrite8(1, bar + EDU_REG_LIVENESS);
	iowrite16(1, bar + EDU_REG_LIVENESS);
	iowrite64(1, bar + EDU_REG_ID);
	is(ioread32(bar + EDU_REG_LIVENESS), ~5u, "other widths write nothing");
	iowrite64(0x123456789aull, bar + EDU_REG_DMA_SRC);
	is(ioread64(bar + EDU_REG_DMA_SRC), 0x123456789aull, "DMA registers take 8 bytes");
	is(ioread32(bar + EDU_REG_DMA_SRC), 0x3456789a, "or give 4");
	is(ioread32(bar + EDU_REG_DMA_SRC + 4), ~0u, "but only the lower ones");
	iowrite32(0x55, bar + EDU_REG_DMA_SRC);
	is(ioread64(bar + EDU_REG_DMA_SRC), 0x55, "a 4-byte write replaces all 8");
	is(ioread64be(bar + EDU_REG_DMA_SRC), 0x5500000000000000ull, "byte order");
}

static unsigned int irqs;
static u32 irq_status;

/* Acknowledges, as a driver of the device would. */
static irqreturn_t ack_handler(int irq, void *data)
{
	irq_status = ioread32(bar + EDU_REG_IRQ_STATUS);
	if (!irq_status)
		return IRQ_NONE;
	irqs++;
	iowrite32(irq_status, bar + EDU_REG_IRQ_ACK);
	return IRQ_HANDLED;
}

/* Masks and leaves the rest to user space, as vfio-pci does. */
static irqreturn_t mask_handler(int irq, void *data)
{
	if (!pci_check_and_mask_intx(edu))
		return IRQ_NONE;
	irqs++;
	return IRQ_HANDLED;
}

static u16 status(void)
{
	u16 val;

	pci_read_config_word(edu, PCI_STATUS, &val);
	return val & PCI_STATUS_INTERRUPT;
}

static void test_intx(void)
{
	ok(pci_intx_mask_supported(edu), "INTx can be masked");
	is(request_irq(edu->irq, ack_handler, IRQF_SHARED, "edu", edu), 0, "request_irq");
	irqs = 0;
	iowrite32(0x5, bar + EDU_REG_IRQ_RAISE);
	is(irqs, 1, "delivered");
	is(irq_status, 0x5, "with its cause");
	ok(!status(), "acknowledged");
	iowrite32(EDU_STATUS_IRQFACT, bar + EDU_REG_STATUS);
	iowrite32(4, bar + EDU_REG_FACTORIAL);
	is(irqs, 2, "interrupt of the factorial unit");
	is(irq_status, EDU_IRQ_FACT, "says so");
	iowrite32(0, bar + EDU_REG_STATUS);
	pci_intx(edu, 0);
	iowrite32(1, bar + EDU_REG_IRQ_RAISE);
	is(irqs, 2, "masked by COMMAND: not delivered");
	ok(status(), "but pending in STATUS");
	pci_intx(edu, 1);
	is(irqs, 3, "delivered when unmasked");
	ok(free_irq(edu->irq, edu) != NULL, "free_irq");
	iowrite32(1, bar + EDU_REG_IRQ_RAISE);
	is(irqs, 3, "no handler");

	is(request_irq(edu->irq, mask_handler, IRQF_SHARED, "edu", edu), 0, "request_irq");
	is(irqs, 4, "a level that is up is delivered at once");
	iowrite32(2, bar + EDU_REG_IRQ_RAISE);
	is(irqs, 4, "the handler masked it");
	ok(!pci_check_and_unmask_intx(edu), "still pending: stays masked");
	iowrite32(3, bar + EDU_REG_IRQ_ACK);
	ok(pci_check_and_unmask_intx(edu), "quiet: unmasked");
	iowrite32(2, bar + EDU_REG_IRQ_RAISE);
	is(irqs, 5, "delivered again");
	iowrite32(2, bar + EDU_REG_IRQ_ACK);
	pci_intx(edu, 1);
	free_irq(edu->irq, edu);
}

static irqreturn_t msi_handler(int irq, void *data)
{
	irqs++;
	return IRQ_HANDLED;
}

static void test_msi(void)
{
	unsigned int line = edu->irq;
	struct msi_msg msg;
	int irq;

	is(pci_msi_vec_count(edu), 1, "one message");
	is(pci_msix_vec_count(edu), -EINVAL, "no MSI-X");
	is(pci_alloc_irq_vectors(edu, 2, 2, PCI_IRQ_MSI), -ENOSPC, "two are too many");
	is(pci_alloc_irq_vectors(edu, 1, 4, PCI_IRQ_MSIX), -EINVAL, "no MSI-X to allocate");
	is(pci_alloc_irq_vectors(edu, 1, 4, PCI_IRQ_MSI), 1, "MSI");
	irq = pci_irq_vector(edu, 0);
	ok(irq > 0 && irq != line && edu->irq == irq, "vector 0 is irq %d", irq);
	is(pci_irq_vector(edu, 1), -EINVAL, "no vector 1");
	iowrite32(1, bar + EDU_REG_IRQ_RAISE);
	iowrite32(1, bar + EDU_REG_IRQ_ACK);
	irqs = 0;
	is(request_irq(irq, msi_handler, 0, "edu", edu), 0, "request_irq");
	is(irqs, 0, "a message without handler is lost");
	is(request_irq(irq, msi_handler, 0, "edu", &irqs), -EBUSY, "not shared");
	iowrite32(1, bar + EDU_REG_IRQ_RAISE);
	is(irqs, 1, "delivered");
	ok(!status(), "no INTx with MSI");
	iowrite32(1, bar + EDU_REG_IRQ_RAISE);
	is(irqs, 2, "every raise is a message");
	disable_irq(irq);
	iowrite32(1, bar + EDU_REG_IRQ_RAISE);
	iowrite32(1, bar + EDU_REG_IRQ_RAISE);
	is(irqs, 2, "disabled");
	enable_irq(irq);
	is(irqs, 3, "one of them is delivered later");
	pci_clear_master(edu);
	iowrite32(1, bar + EDU_REG_IRQ_RAISE);
	is(irqs, 3, "no message without bus mastering");
	pci_set_master(edu);
	get_cached_msi_msg(irq, &msg);
	pci_write_config_word(edu, edu->msi_cap + PCI_MSI_DATA_64, 4000);
	iowrite32(1, bar + EDU_REG_IRQ_RAISE);
	is(irqs, 3, "a spoiled message goes nowhere");
	pci_write_msi_msg(irq, &msg);
	iowrite32(1, bar + EDU_REG_IRQ_RAISE);
	is(irqs, 4, "a repaired one arrives");
	iowrite32(1, bar + EDU_REG_IRQ_ACK);
	free_irq(irq, edu);
	pci_free_irq_vectors(edu);
	is(edu->irq, line, "the line is back");
}

static void test_dma(void)
{
	struct iommu_group *group = iommu_group_get(&edu->dev);
	struct iommu_domain *domain = iommu_paging_domain_alloc(&edu->dev);
	u8 *mem = mmap(NULL, 4 * PAGE_SIZE, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	u64 iova = 0x100000, phys = KAPI_PHYS_USER + (unsigned long)mem;
	unsigned int i;

	for (i = 0; i < 4 * PAGE_SIZE; i++)
		mem[i] = i * 7 + i / 256;
	is(machine_dma(bar, iova, EDU_BUF, 256, 0), 0, "DMA without a mapping ends");
	is(iommu_attach_group(domain, group), 0, "attach");
	is(iommu_map(domain, iova, phys, 2 * PAGE_SIZE, IOMMU_READ | IOMMU_WRITE, GFP_KERNEL), 0,
	   "map");
	machine_dma(bar, EDU_BUF, iova, 256, EDU_DMA_CMD_TO_PCI);
	ok(!mem[0] && !mem[255] && mem[256], "the read that failed brought zeroes");

	for (i = 0; i < 256; i++)
		mem[i] = i ^ 0x5a;
	machine_dma(bar, iova, EDU_BUF + 16, 256, 0);
	machine_dma(bar, EDU_BUF + 16, iova + PAGE_SIZE - 100, 256, EDU_DMA_CMD_TO_PCI);
	ok(!memcmp(mem, mem + PAGE_SIZE - 100, 256), "there and back, over a page boundary");
	machine_dma(bar, EDU_BUF, iova, EDU_BUF_SIZE, EDU_DMA_CMD_TO_PCI);
	is(mem[16], 0x5a, "the whole buffer");
	mem[0] = 0x77;
	machine_dma(bar, EDU_BUF, iova, EDU_BUF_SIZE + 1, EDU_DMA_CMD_TO_PCI);
	machine_dma(bar, EDU_BUF - 1, iova, 8, EDU_DMA_CMD_TO_PCI);
	machine_dma(bar, 0x1000, iova, 8, EDU_DMA_CMD_TO_PCI);
	is(mem[0], 0x77, "no transfer outside the buffer");
	machine_dma(bar, EDU_BUF, iova | 0xf0000000ull | 1ull << 40, 8, EDU_DMA_CMD_TO_PCI);
	is(mem[0], 0, "addresses are cut to 28 bits");

	mem[2 * PAGE_SIZE - 1] = 0x11;
	mem[2 * PAGE_SIZE] = 0x22;
	machine_dma(bar, EDU_BUF, iova + 2 * PAGE_SIZE - 1, 2, EDU_DMA_CMD_TO_PCI);
	ok(!mem[2 * PAGE_SIZE - 1] && mem[2 * PAGE_SIZE] == 0x22,
	   "a write that runs out of the mapping stops there");

	mem[0] = 0x33;
	pci_clear_master(edu);
	machine_dma(bar, EDU_BUF, iova, 8, EDU_DMA_CMD_TO_PCI);
	is(mem[0], 0x33, "no DMA without bus mastering");
	pci_set_master(edu);

	is(iommu_unmap(domain, iova, PAGE_SIZE), PAGE_SIZE, "unmap a page");
	machine_dma(bar, EDU_BUF, iova, 8, EDU_DMA_CMD_TO_PCI);
	is(mem[0], 0x33, "no DMA to it any more");
	is(iommu_map(domain, iova, phys, PAGE_SIZE, IOMMU_READ, GFP_KERNEL), 0, "map read-only");
	machine_dma(bar, EDU_BUF, iova, 8, EDU_DMA_CMD_TO_PCI);
	is(mem[0], 0x33, "a write faults");
	machine_dma(bar, iova, EDU_BUF, 8, 0);
	machine_dma(bar, EDU_BUF, iova + PAGE_SIZE, 8, EDU_DMA_CMD_TO_PCI);
	is(mem[PAGE_SIZE], 0x33, "a read does not");
	iommu_unmap(domain, iova, PAGE_SIZE);
	is(iommu_map(domain, iova, phys, PAGE_SIZE, IOMMU_WRITE, GFP_KERNEL), 0, "map write-only");
	machine_dma(bar, iova, EDU_BUF, 8, 0);
	machine_dma(bar, EDU_BUF, iova, 8, EDU_DMA_CMD_TO_PCI);
	is(mem[0], 0, "a read faults, a write does not");

	irqs = 0;
	is(request_irq(edu->irq, ack_handler, IRQF_SHARED, "edu", edu), 0, "request_irq");
	is(machine_dma(bar, EDU_BUF, iova, 8, EDU_DMA_CMD_TO_PCI | EDU_DMA_CMD_IRQ),
	   EDU_DMA_CMD_TO_PCI | EDU_DMA_CMD_IRQ, "the run bit is gone");
	ok(irqs == 1 && irq_status == EDU_IRQ_DMA, "interrupt at the end of DMA");
	free_irq(edu->irq, edu);

	iommu_unmap(domain, iova, PAGE_SIZE);
	iommu_map(domain, iova, KAPI_PHYS_USER + 0x1000, PAGE_SIZE, IOMMU_READ, GFP_KERNEL);
	is(machine_dma(bar, iova, EDU_BUF, 8, 0), 0, "memory that is not there: no crash");

	iommu_detach_group(domain, group);
	mem[PAGE_SIZE] = 0x44;
	machine_dma(bar, EDU_BUF, iova + PAGE_SIZE, 8, EDU_DMA_CMD_TO_PCI);
	is(mem[PAGE_SIZE], 0x44, "no DMA behind detach");
	iommu_domain_free(domain);
	iommu_group_put(group);
	munmap(mem, 4 * PAGE_SIZE);
}

int main(void)
{
	machine_init();
	edu = machine_dev(1, 0, 0);
	bar = machine_bar(edu);
	test_registers();
	test_widths();
	test_intx();
	test_msi();
	test_dma();
	return tap_done();
}
