package org.tenon.spi.net.vswitch;

import org.tenon.api.Stability;

/**
 * A port of the switch.
 *
 * @param number 0 to {@link SwitchHost#maxPorts()} − 1; not given to another port while this one is
 *     there
 * @param name unique in the switch, such as {@code web.nic0}; the user chose it
 * @param uplink whether it leads out of the host
 * @param vlan the VLAN that frames without a tag belong to, 1 to 4094; 0 for a port that passes
 *     tagged frames as they are
 */
@Stability(level = Stability.Level.EVOLVING, since = "1.0", eta = "2027-06-30")
public record SwitchPort(int number, String name, boolean uplink, int vlan) {}
