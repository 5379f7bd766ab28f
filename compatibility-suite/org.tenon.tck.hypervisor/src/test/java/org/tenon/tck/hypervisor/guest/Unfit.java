package org.tenon.tck.hypervisor.guest;

/** A program that needs what an image does not have: objects. */
public final class Unfit {
  private Unfit() {}

  static void main() {
    Console.put(new Object().hashCode());
  }
}
