package org.tenon.kit.testing.storage;

import java.io.IOException;
import java.net.URI;
import java.nio.channels.AsynchronousFileChannel;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.AccessMode;
import java.nio.file.CopyOption;
import java.nio.file.DirectoryStream;
import java.nio.file.FileStore;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileAttributeView;
import java.nio.file.spi.FileSystemProvider;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import org.jspecify.annotations.Nullable;

/** Opens recording channels, and passes everything else to the default provider. */
final class RecordingProvider extends FileSystemProvider {
  static final String SCHEME = "tenon-recording";

  private final RecordingFileSystem files;
  private final FileSystemProvider real;

  RecordingProvider(RecordingFileSystem files, FileSystemProvider real) {
    this.files = files;
    this.real = real;
  }

  private static Path unwrap(Path path) {
    return RecordingPath.unwrap(path);
  }

  @Override
  public String getScheme() {
    return SCHEME;
  }

  @Override
  public FileSystem newFileSystem(URI uri, Map<String, ?> env) {
    throw new UnsupportedOperationException(
        "a recording file system is made by a test, not found by URI");
  }

  @Override
  public FileSystem getFileSystem(URI uri) {
    return files;
  }

  @Override
  public Path getPath(URI uri) {
    return files.getPath(uri.getPath());
  }

  @Override
  public FileChannel newFileChannel(
      Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
      throws IOException {
    Path target = unwrap(path);
    boolean writes =
        options.contains(StandardOpenOption.WRITE) || options.contains(StandardOpenOption.APPEND);
    if (Files.isDirectory(target)) {
      return real.newFileChannel(
          target, options, attributes); // only to be forced: names are taken as durable
    }
    if (!writes) {
      return new RecordingFileChannel(
          files, real.newFileChannel(target, options, attributes), files.number(target), options);
    }
    if (options.contains(StandardOpenOption.DELETE_ON_CLOSE)) {
      throw new UnsupportedOperationException(
          "DELETE_ON_CLOSE is not recorded: delete " + target + " by name");
    }
    if (options.contains(StandardOpenOption.CREATE_NEW) && Files.exists(target)) {
      return real.newFileChannel(target, options, attributes); // which fails as it should
    }
    if (!Files.exists(target) && !creates(options)) {
      return real.newFileChannel(target, options, attributes); // which fails as it should
    }
    int file = files.number(target);
    Set<OpenOption> rest = new HashSet<>(options);
    boolean truncates = rest.remove(StandardOpenOption.TRUNCATE_EXISTING);
    RecordingFileChannel channel =
        new RecordingFileChannel(
            files, real.newFileChannel(target, rest, attributes), file, options);
    if (truncates) {
      channel.truncate(0);
    }
    return channel;
  }

  private static boolean creates(Set<? extends OpenOption> options) {
    return options.contains(StandardOpenOption.CREATE)
        || options.contains(StandardOpenOption.CREATE_NEW);
  }

  @Override
  public SeekableByteChannel newByteChannel(
      Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
      throws IOException {
    return newFileChannel(path, options, attributes);
  }

  @Override
  public AsynchronousFileChannel newAsynchronousFileChannel(
      Path path,
      Set<? extends OpenOption> options,
      @Nullable ExecutorService executor,
      FileAttribute<?>... attributes) {
    throw new UnsupportedOperationException(
        "asynchronous file channels are not recorded: open " + path + " with FileChannel.open");
  }

  @Override
  public DirectoryStream<Path> newDirectoryStream(
      Path folder, DirectoryStream.Filter<? super Path> filter) throws IOException {
    DirectoryStream<Path> stream =
        real.newDirectoryStream(unwrap(folder), path -> filter.accept(files.wrap(path)));
    return new DirectoryStream<>() {
      @Override
      public Iterator<Path> iterator() {
        Iterator<Path> paths = stream.iterator();
        return new Iterator<>() {
          @Override
          public boolean hasNext() {
            return paths.hasNext();
          }

          @Override
          public Path next() {
            return files.wrap(paths.next());
          }
        };
      }

      @Override
      public void close() throws IOException {
        stream.close();
      }
    };
  }

  @Override
  public void createDirectory(Path folder, FileAttribute<?>... attributes) throws IOException {
    real.createDirectory(unwrap(folder), attributes);
  }

  @Override
  public void createSymbolicLink(Path link, Path target, FileAttribute<?>... attributes) {
    throw new UnsupportedOperationException("links are not recorded: " + link);
  }

  @Override
  public void createLink(Path link, Path existing) {
    throw new UnsupportedOperationException("links are not recorded: " + link);
  }

  @Override
  public void delete(Path path) throws IOException {
    real.delete(unwrap(path));
    files.forget(unwrap(path));
  }

  @Override
  public void copy(Path source, Path target, CopyOption... options) {
    throw new UnsupportedOperationException(
        "copies are not recorded: read " + source + " and write " + target);
  }

  @Override
  public void move(Path source, Path target, CopyOption... options) throws IOException {
    files.number(unwrap(source));
    real.move(unwrap(source), unwrap(target), options);
    files.rename(unwrap(source), unwrap(target));
  }

  @Override
  public boolean isSameFile(Path path, Path other) throws IOException {
    return other instanceof RecordingPath && real.isSameFile(unwrap(path), unwrap(other));
  }

  @Override
  public boolean isHidden(Path path) throws IOException {
    return real.isHidden(unwrap(path));
  }

  @Override
  public FileStore getFileStore(Path path) throws IOException {
    return real.getFileStore(unwrap(path));
  }

  @Override
  public void checkAccess(Path path, AccessMode... modes) throws IOException {
    real.checkAccess(unwrap(path), modes);
  }

  @Override
  public <V extends FileAttributeView> @Nullable V getFileAttributeView(
      Path path, Class<V> type, LinkOption... options) {
    return real.getFileAttributeView(unwrap(path), type, options);
  }

  @Override
  public <A extends BasicFileAttributes> A readAttributes(
      Path path, Class<A> type, LinkOption... options) throws IOException {
    return real.readAttributes(unwrap(path), type, options);
  }

  @Override
  public Map<String, Object> readAttributes(Path path, String attributes, LinkOption... options)
      throws IOException {
    return real.readAttributes(unwrap(path), attributes, options);
  }

  @Override
  public void setAttribute(
      Path path, String attribute, @Nullable Object value, LinkOption... options)
      throws IOException {
    real.setAttribute(unwrap(path), attribute, value, options);
  }

  @Override
  public Path readSymbolicLink(Path link) throws IOException {
    return files.wrap(real.readSymbolicLink(unwrap(link)));
  }
}
