package org.tenon.samples.blocknbd;

import java.util.concurrent.CompletableFuture;
import org.tenon.spi.HostClock;

/**
 * The control thread's wish that a connection comes to rest.
 *
 * @param abort whether what was not sent ends as ABORTED, for a reset; otherwise everything is
 *     carried out first
 * @param limit the timer that ends the waiting
 * @param done completes when nothing of the guest's is left
 */
record Drain(boolean abort, HostClock.Timer limit, CompletableFuture<Void> done) {}
