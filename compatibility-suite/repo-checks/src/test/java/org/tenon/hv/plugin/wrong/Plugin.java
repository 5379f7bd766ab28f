package org.tenon.hv.plugin.wrong;

/** A plugin that a device model must not know. */
public class Plugin {}
