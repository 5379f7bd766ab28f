/**
 * How fast a driver is, and what the way to it costs.
 *
 * <h2>A guided tour</h2>
 *
 * <pre>{@code
 * BenchPlan plan = BenchPlan.DEFAULT.withDepth(64).withQueues(2).overwriting(70);
 * BenchReport report = BlockBench.run(new MyDriverFactory(), Map.of("path", "scratch.img"), plan);
 * report.toText();   // for people
 * report.toJson();   // for machines
 * }</pre>
 *
 * <p>{@link org.tenon.kit.bench.BlockBench} opens the driver on a host that checks almost nothing,
 * keeps each queue filled to its depth from one thread, and records each request's time from
 * submission to completion into an HDR histogram. After the warm-up its loop allocates nothing, so
 * that {@link org.tenon.kit.bench.BenchReport#allocatedBytesPerRequest()} is what the driver
 * allocates.
 *
 * <p>A plan with writes destroys what the storage holds, and has to say so: {@link
 * org.tenon.kit.bench.BenchPlan#overwriting}. Latency includes the time a request waits in the
 * driver's own queue: it is that of a host which keeps the device busy, not of one that asks a
 * single question; for that, use depth 1.
 *
 * <h2>Through a device</h2>
 *
 * <pre>{@code
 * Lane ─▶ BlockPath ┬ DriverPath      ─▶ SPI ─▶ driver
 *                   ├ VirtioDiskPath  ─▶ ring ─▶ virtio-blk ─▶ SPI ─▶ driver
 *                   └ NvmeDiskPath    ─▶ queue pair, doorbells ─▶ NVMe ─▶ SPI ─▶ driver
 * NetBench ─▶ GuestCard ─▶ rings ─▶ virtio-net ─▶ SPI ─▶ driver or switch
 * }</pre>
 *
 * <p>The guest's side is the kit's own, and allocates nothing either. A device belongs to a
 * hypervisor, which says by {@link org.tenon.kit.bench.GuestIdle} what it does with the guest's
 * thread while the guest waits. {@link org.tenon.kit.bench.NullDisk} has no storage: what is
 * measured of it is the way.
 */
@NullMarked
package org.tenon.kit.bench;

import org.jspecify.annotations.NullMarked;
