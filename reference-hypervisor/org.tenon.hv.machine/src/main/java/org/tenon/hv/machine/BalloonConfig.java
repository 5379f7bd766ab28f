package org.tenon.hv.machine;

/**
 * A memory balloon.
 *
 * @param bytes how much of its memory the guest is to do without at first
 * @param deflateOnOom whether the guest may take memory back when it runs out of it
 */
public record BalloonConfig(long bytes, boolean deflateOnOom) implements VirtioConfig {
  @Override
  public String identity() {
    return deflateOnOom ? "balloon that deflates on oom" : "balloon";
  }
}
