/**
 * PCI configuration space. {@link org.tenon.hv.pci.PciBus} holds the functions of bus 0; guests
 * reach them through {@link org.tenon.hv.pci.ConfigPorts} (0CF8H, 0CFCH) and {@link
 * org.tenon.hv.pci.EnhancedConfig} (ECAM). A place without a function reads as all ones. Runs on
 * the run-loop thread.
 */
@NullMarked
package org.tenon.hv.pci;

import org.jspecify.annotations.NullMarked;
