/**
 * What card models and the virtual switch have to know of the inside of a frame: where TCP stands
 * in it ({@link org.tenon.hv.attach.frame.TcpLayout}) and its checksums ({@link
 * org.tenon.hv.attach.frame.InternetSum}). Values only; no call allocates, and none throws whatever
 * the bytes are.
 */
@NullMarked
package org.tenon.hv.attach.frame;

import org.jspecify.annotations.NullMarked;
