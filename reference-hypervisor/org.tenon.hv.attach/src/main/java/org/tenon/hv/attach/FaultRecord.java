package org.tenon.hv.attach;

import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import org.tenon.api.Fault;

/** What one driver did wrong, oldest first: the first hundred, since it can commit any number. */
final class FaultRecord {
  private static final int KEPT = 100;
  private static final System.Logger LOG = System.getLogger(FaultRecord.class.getName());

  private final List<Fault> faults = new ArrayList<>();

  synchronized void add(Fault fault) {
    if (faults.size() < KEPT) {
      faults.add(fault);
    }
    LOG.log(Level.WARNING, "{0}", fault);
  }

  synchronized List<Fault> kept() {
    return List.copyOf(faults);
  }
}
