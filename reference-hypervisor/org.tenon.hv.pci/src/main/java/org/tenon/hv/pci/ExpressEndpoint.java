package org.tenon.hv.pci;

import org.jspecify.annotations.Nullable;
import org.tenon.hv.bus.state.StateException;
import org.tenon.hv.bus.state.StateReader;
import org.tenon.hv.bus.state.StateWriter;

/**
 * The PCI Express capability of an endpoint (PCI Express base specification, 7.5.3), which says
 * that there is a link and, mostly, can reset the function.
 */
final class ExpressEndpoint implements Capability {
  private static final int ENDPOINT = 0;
  private static final int ROLE_BASED_ERRORS = 1 << 15;
  private static final int FUNCTION_RESET_CAPABLE = 1 << 28;
  private static final int INITIATE_FUNCTION_RESET = 1 << 15;

  private final @Nullable Runnable functionReset;
  private int deviceControl = Express.DEVICE_CONTROL_DEFAULT;
  private int linkControl;

  /**
   * A capability after reset.
   *
   * @param functionReset resets the function, this capability with it; null if the guest cannot
   */
  ExpressEndpoint(@Nullable Runnable functionReset) {
    this.functionReset = functionReset;
  }

  @Override
  public int id() {
    return Express.ID;
  }

  @Override
  public int length() {
    return Express.LENGTH;
  }

  @Override
  public void reset() {
    deviceControl = Express.DEVICE_CONTROL_DEFAULT;
    linkControl = 0;
  }

  @Override
  public int read(int register) {
    return switch (register) {
      case 0 -> (Express.VERSION | ENDPOINT << Express.TYPE_SHIFT) << 16;
      case Express.DEVICE_CAPABILITIES ->
          ROLE_BASED_ERRORS | (functionReset == null ? 0 : FUNCTION_RESET_CAPABLE);
      case Express.DEVICE_CONTROL -> deviceControl;
      case Express.LINK_CAPABILITIES, Express.LINK_CAPABILITIES_2 -> Express.link(register);
      case Express.LINK_CONTROL -> linkControl | Express.LINK_STATUS << 16;
      case Express.LINK_CONTROL_2 -> Express.SPEED;
      default -> 0;
    };
  }

  @Override
  public void write(int register, int value, int lanes) {
    if (register == Express.DEVICE_CONTROL) {
      deviceControl = Registers.merge(deviceControl, value, lanes, Express.DEVICE_CONTROL_WRITABLE);
      if (functionReset != null && (value & lanes & INITIATE_FUNCTION_RESET) != 0) {
        functionReset.run();
      }
    } else if (register == Express.LINK_CONTROL) {
      linkControl = Registers.merge(linkControl, value, lanes, Express.LINK_CONTROL_WRITABLE);
    }
  }

  @Override
  public void save(StateWriter out) {
    out.put(new ExpressEndpointState(deviceControl, linkControl));
  }

  @Override
  public void restore(StateReader in) throws StateException {
    ExpressEndpointState state = in.take(ExpressEndpointState.class);
    deviceControl = state.deviceControl() & Express.DEVICE_CONTROL_WRITABLE;
    linkControl = state.linkControl() & Express.LINK_CONTROL_WRITABLE;
  }
}
