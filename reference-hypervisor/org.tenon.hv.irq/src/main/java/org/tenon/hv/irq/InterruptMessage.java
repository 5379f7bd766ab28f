package org.tenon.hv.irq;

/**
 * One message between APICs.
 *
 * @param destination an APIC id, or a logical destination
 * @param logical whether the destination is logical
 * @param wide whether the destination has 32 bits (x2APIC) instead of 8
 * @param mode what it asks for
 * @param vector 0 to 255
 * @param level whether it is level-triggered, so that its EOI goes back to the I/O APIC
 */
record InterruptMessage(
    int destination, boolean logical, boolean wide, DeliveryMode mode, int vector, boolean level) {
  boolean isBroadcast() {
    return destination == (wide ? -1 : 0xff);
  }
}
