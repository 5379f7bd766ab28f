package org.tenon.hv.plugin;

/**
 * How much a bundle may hold. Reading stops at the first limit that is passed, whatever sizes the
 * bundle itself names.
 */
final class BundleLimits {
  /** Bytes of an archive file. */
  static final long ARCHIVE_BYTES = 256L << 20;

  /** Bytes of all files once unpacked. */
  static final long UNPACKED_BYTES = 512L << 20;

  /** Bytes of the manifest. */
  static final int MANIFEST_BYTES = 64 << 10;

  /** Bytes of one module-info.class. */
  static final int DESCRIPTOR_BYTES = 64 << 10;

  /** Files and folders in a bundle. */
  static final int ENTRIES = 256;

  /** Bytes of an archive's directory. */
  static final int DIRECTORY_BYTES = 1 << 20;

  private BundleLimits() {}
}
