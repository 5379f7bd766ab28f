package org.tenon.hv.attach;

/** Queues each of which has one port behind it. */
public interface PortWork extends QueueWork {
  /** The port behind a queue. */
  TagPort port(int queue);
}
