/** The virtual switch: ports of guests and uplinks, learning, VLANs, extensions. */
module org.tenon.hv.vswitch {
  requires transitive org.tenon.hv.attach;
  requires static org.jspecify;

  exports org.tenon.hv.vswitch;
}
