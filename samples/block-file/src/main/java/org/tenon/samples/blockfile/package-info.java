/**
 * {@code block-file}: a raw image file as a block device, to be read from top to bottom by whoever
 * writes a driver.
 *
 * <ol>
 *   <li>{@link org.tenon.samples.blockfile.FileBlockDriverFactory} says what the driver is called,
 *       what it can be told ({@link org.tenon.samples.blockfile.FileSettings}) and what it takes
 *       from an offer, and opens the image.
 *   <li>{@link org.tenon.samples.blockfile.FileBlockDriver} is the life of one open device.
 *   <li>{@link org.tenon.samples.blockfile.FileQueue} accepts requests without ever blocking: it
 *       only notes their tags.
 *   <li>{@link org.tenon.samples.blockfile.RequestRunner}, one on each worker thread, takes a tag,
 *       checks the request and carries it out, straight between guest memory and the file.
 *   <li>{@link org.tenon.samples.blockfile.ImageFile} is the file: short reads and writes, full
 *       disks, holes, fsync.
 *   <li>{@link org.tenon.samples.blockfile.SizeWatch} notices that the file has grown or shrunk.
 * </ol>
 *
 * <p>The control thread calls the driver, submitting threads call the queues, worker threads do
 * everything that may block.
 */
@NullMarked
package org.tenon.samples.blockfile;

import org.jspecify.annotations.NullMarked;
