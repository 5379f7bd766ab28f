/**
 * The {@code tenon} command: what a user types, wired to what the other modules do.
 *
 * <p>The launcher {@code ./tenon} starts {@link org.tenon.hv.app.Main} with the SDK on the module
 * path and all else on the class path, so that bundles find the SDK as named modules and nothing
 * else. Each command is one class with the word in its name; it reads its options, calls one
 * module, and says what came out.
 *
 * <p>Exit status ({@link org.tenon.hv.app.ExitStatus}): 0 done and passed, 1 a verdict against the
 * subject, 2 wrong usage or input, 3 our own fault. Everything runs on the main thread unless a
 * class says otherwise. This is the only package that writes to the standard streams.
 */
@NullMarked
package org.tenon.hv.app;

import org.jspecify.annotations.NullMarked;
