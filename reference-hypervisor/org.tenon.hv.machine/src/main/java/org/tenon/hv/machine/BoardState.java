package org.tenon.hv.machine;

import org.tenon.hv.irq.IoApicState;
import org.tenon.hv.irq.PicState;
import org.tenon.hv.platform.KeyboardController;
import org.tenon.hv.platform.PitState;
import org.tenon.hv.platform.PowerManagement;
import org.tenon.hv.platform.RtcState;
import org.tenon.hv.platform.UartState;

/** What the devices of a board keep; each record checks itself. */
public record BoardState(
    PicState pics,
    IoApicState ioApic,
    PitState pit,
    RtcState rtc,
    UartState com1,
    KeyboardController.State keyboard,
    PowerManagement.State power,
    int resetControl,
    int configAddress) {}
