package org.tenon.hv.vswitch;

import java.util.ArrayList;
import java.util.List;
import org.tenon.api.Fault;

/** The extensions of one switch, in the order in which the user named them. */
final class ExtensionChain implements AutoCloseable {
  static final ExtensionChain EMPTY = new ExtensionChain(List.of());

  private final List<Extension> extensions;

  ExtensionChain(List<Extension> extensions) {
    this.extensions = List.copyOf(extensions);
  }

  ExtensionChain with(Extension last) {
    List<Extension> all = new ArrayList<>(extensions);
    all.add(last);
    return new ExtensionChain(all);
  }

  void forward(Frame frame, Decision decision) {
    for (int i = 0; i < extensions.size(); i++) {
      extensions.get(i).forward(frame, decision);
    }
  }

  /** What they did wrong; of each the first. */
  List<Fault> faults() {
    List<Fault> all = new ArrayList<>();
    for (Extension extension : extensions) {
      Fault fault = extension.fault();
      if (fault != null) {
        all.add(fault);
      }
    }
    return all;
  }

  void portAdded(Port port) {
    extensions.forEach(extension -> extension.portAdded(port));
  }

  void portRemoved(int port) {
    extensions.forEach(extension -> extension.portRemoved(port));
  }

  @Override
  public void close() {
    extensions.forEach(Extension::close);
  }
}
