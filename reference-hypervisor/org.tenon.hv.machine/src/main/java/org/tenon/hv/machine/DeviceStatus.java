package org.tenon.hv.machine;

/**
 * A plugged network card, or a PCI function of a partner's own.
 *
 * @param name as {@link Machine#plug} gave it
 * @param driver the driver's id
 * @param place where it is, in words
 */
public record DeviceStatus(String name, String driver, String place) {}
