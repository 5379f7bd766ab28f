package org.tenon.hv.nvme.wrong;

/** A device model that another one must not know. */
public class OtherDevice {}
