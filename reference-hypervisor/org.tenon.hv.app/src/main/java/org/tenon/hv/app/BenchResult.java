package org.tenon.hv.app;

/**
 * What was measured.
 *
 * @param text for people, some lines
 * @param json for machines
 */
record BenchResult(String text, String json) {}
