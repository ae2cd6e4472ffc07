// SPDX-License-Identifier: GPL-2.0-only
#include "model.h"

#include <kapi/iommu_hw.h>
#include <kapi/module.h>
#include <kapi/pci_hw.h>
#include <linux/mutex.h>
#include <linux/pci.h>
#include <linux/slab.h>

#include "edu.h"
#include "nvme.h"
#include "root_port.h"
#include "topology.h"

#define BDFS_SIZE	4096

static DEFINE_MUTEX(model_lock);
static bool model_done;
static int model_ret;
static char bdfs[BDFS_SIZE];

const char *vfio_model_bdfs(void)
{
	return bdfs;
}

static int add(struct kapi_pci_fn *fn, struct kapi_pci_fn *port, unsigned int slot,
	       unsigned int func)
{
	int ret;

	if (!fn)
		return -ENOMEM;
	ret = kapi_pci_add_fn(fn, port ? port->pdev : NULL, PCI_DEVFN(slot, func));
	if (!ret && port)
		ret = root_port_add_child(port, fn);
	if (ret && !fn->pdev)
		fn->ops->destroy(fn);
	return ret;
}

/* Function 0 announces the others of its slot, which follow it. */
static bool has_more_functions(const struct topo_stmt *st, const struct topo_stmt *end)
{
	const struct topo_stmt *s;

	if (st->func)
		return false;
	for (s = st + 1; s < end && s->kind == TOPO_EDU; s++)
		if (s->slot == st->slot)
			return true;
	return false;
}

static const char *replaced, *replacement;

void vfio_model_replace_driver(const char *from, const char *to)
{
	replaced = from;
	replacement = to;
}

static int bind(struct pci_dev *pdev, const char *driver)
{
	int ret;

	if (replaced && !strcmp(driver, replaced))
		driver = replacement;
	ret = driver_set_override(&pdev->dev, &pdev->driver_override, driver, strlen(driver));
	if (ret)
		return ret;
	ret = device_attach(&pdev->dev);
	if (ret == 1)
		return 0;
	return -ENODEV;
}

static int add_function(const struct topo_stmt *st, const struct topo_stmt *end,
			struct kapi_pci_fn *port)
{
	struct kapi_pci_fn *fn = st->kind == TOPO_NVME ? nvme_create(st->vfs) :
				 edu_create(has_more_functions(st, end), st->acs);
	size_t len = strlen(bdfs);
	int ret;

	if (fn)
		fn->no_iommu = st->noiommu;

	ret = add(fn, port, st->slot, st->func);
	if (ret)
		return ret;
	snprintf(bdfs + len, sizeof(bdfs) - len, "%s%s", len ? " " : "", pci_name(fn->pdev));
	return *st->driver ? bind(fn->pdev, st->driver) : 0;
}

static void explain(const char *name, const struct topo_stmt *st, int err)
{
	if (st->kind == TOPO_PARAM)
		topology_error("%s:%u: %s.%s=%s: error %d", name, st->line, st->module, st->param,
			       st->value, err);
	else if (err == -EEXIST)
		topology_error("%s:%u: there is a function in that place", name, st->line);
	else if (err == -ENODEV)
		topology_error("%s:%u: no driver %s that takes it", name, st->line, st->driver);
	else
		topology_error("%s:%u: cannot add it, error %d", name, st->line, err);
}

static int build(const char *name, const struct topo_stmt *st, const struct topo_stmt *end)
{
	struct kapi_pci_fn *port = NULL, *fn;
	unsigned int ports = 0;
	int ret = 0;

	for (; st < end && !ret; st++) {
		switch (st->kind) {
		case TOPO_IOMMU:
			ret = kapi_vtd_create(st->aw, st->snoop, st->intremap);
			break;
		case TOPO_PARAM:
			ret = kapi_set_param(st->module, st->param, st->value);
			break;
		case TOPO_PORT:
			fn = root_port_create(++ports, st->hotplug);
			ret = add(fn, NULL, st->slot, 0);
			if (!ret)
				port = fn;
			break;
		case TOPO_ROOT:
			port = NULL;
			break;
		case TOPO_EDU:
		case TOPO_NVME:
			ret = add_function(st, end, port);
			break;
		}
		if (ret)
			explain(name, st, ret);
	}
	return ret;
}

static int init_from(const char *file)
{
	const char *name = file ? file : "default topology";
	struct topo_stmt *stmts;
	unsigned int n;
	char *text;
	int ret;

	text = topology_load(file);
	if (IS_ERR(text)) {
		topology_error("%s: cannot read the topology: %s", name,
			       strerror(-PTR_ERR(text)));
		return PTR_ERR(text);
	}
	ret = topology_parse(name, text, &stmts, &n);
	if (!ret) {
		ret = build(name, stmts, stmts + n);
		kfree(stmts);
	}
	kfree(text);
	return ret;
}

int vfio_model_init(const char *topology_file)
{
	mutex_lock(&model_lock);
	if (!model_done) {
		model_ret = init_from(topology_file);
		model_done = true;
	}
	mutex_unlock(&model_lock);
	return model_ret;
}
