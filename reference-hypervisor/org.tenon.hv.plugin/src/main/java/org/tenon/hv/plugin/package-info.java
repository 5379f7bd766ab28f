/**
 * Bundles: what a partner ships, checked before any of its code runs, then loaded on a layer of its
 * own.
 *
 * <p>A bundle is a zip archive ({@code .tenon}) or a folder with the same content:
 *
 * <pre>{@code
 * tenon-bundle.json      the manifest; schema: spec/schemas/bundle-manifest.schema.json
 * lib/NAME.jar           modular jars: the driver's own, and whatever it needs beyond the JDK and the SDK
 * LICENSE, NOTICE, README.md   if the vendor likes
 * }</pre>
 *
 * <p>It goes one way, and each step trusts only what the step before has checked:
 *
 * <pre>{@code
 * path ─▶ BundleReader ─▶ Bundle ─▶ BundleLoader ─▶ LoadedBundle ─▶ BundleRegistry
 *          archive,        nothing   ModuleLayer,    factories that   unique ids,
 *          manifest, SPI   has run   constructors    keep their word  quarantine
 *          range, modules
 * }</pre>
 *
 * <p>Every refusal is a {@link org.tenon.hv.plugin.BundleException}: one line that says what, where
 * and how to mend, and that lists what would have been accepted; nothing stays behind. {@link
 * org.tenon.hv.plugin.BundleWriter} makes bundles, the same bytes for the same content.
 *
 * <p>The layer keeps a bundle from leaning on the hypervisor by accident: its modules see the JDK,
 * the SDK and one another. It is no wall against code that means harm; such drivers run in a
 * process of their own.
 *
 * <p>Called by {@code org.tenon.hv.app} on its main thread. The types are for one thread, but for
 * {@link org.tenon.hv.plugin.BundleRegistry}, which any thread may use.
 */
@NullMarked
package org.tenon.hv.plugin;

import org.jspecify.annotations.NullMarked;
