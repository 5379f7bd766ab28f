package org.tenon.hv.machine;

/**
 * A plugged disk.
 *
 * @param name as {@link Machine#plug} gave it
 * @param model as what the guest sees it
 * @param driver the driver's id
 * @param place where it is, in words
 */
public record DiskStatus(String name, DiskModel model, String driver, String place) {}
