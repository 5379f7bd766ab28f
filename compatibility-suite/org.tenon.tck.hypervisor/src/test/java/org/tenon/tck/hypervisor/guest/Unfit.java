package org.tenon.tck.hypervisor.guest;

/** A program that needs what an image does not have: objects. */
public final class Unfit {
  private Unfit() {}

  static void main() {
    Console.print(new StringBuilder().append(Boot.eax).toString());
  }
}
