package org.tenon.samples.wrong;

import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import org.tenon.hv.nvme.wrong.OtherDevice;

/**
 * Breaks "samples use the SDK alone", "foreign calls stand in ffi", "only the command uses standard
 * streams" and "nobody sleeps".
 */
class SampleWithBadManners {
  OtherDevice device = new OtherDevice();

  void misbehave() throws InterruptedException {
    Thread.sleep(1);
    System.out.println(MemorySegment.ofAddress(0).reinterpret(1));
    System.out.println(Linker.nativeLinker());
    System.out.println(SymbolLookup.loaderLookup());
  }
}
