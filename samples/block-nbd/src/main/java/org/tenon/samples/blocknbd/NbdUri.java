package org.tenon.samples.blocknbd;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Where an export is: {@code nbd://host:port/export} or {@code nbd+unix:///export?socket=/path},
 * each with {@code nbds} for TLS (NetworkBlockDevice/nbd, doc/uri.md).
 *
 * @param text as the user wrote it
 * @param tls whether TLS is demanded
 * @param host the server's name; null for a Unix socket
 * @param port the server's port
 * @param socket the Unix socket's path; null for TCP
 * @param export the export's name, often empty
 */
record NbdUri(
    String text,
    boolean tls,
    @Nullable String host,
    int port,
    @Nullable String socket,
    String export) {
  private static final String FORMS =
      "write nbd://host[:port]/export or nbd+unix:///export?socket=/path, with nbds for TLS";

  /**
   * Reads a URI.
   *
   * @throws IllegalArgumentException if it is none of the forms; the message says which there are
   */
  static NbdUri parse(String text) {
    URI uri;
    try {
      uri = new URI(text);
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException("'" + text + "' is no URI: " + FORMS, e);
    }
    String scheme = String.valueOf(uri.getScheme());
    String path = uri.getPath() == null ? "" : uri.getPath();
    String export = path.startsWith("/") ? path.substring(1) : path;
    if (export.getBytes(StandardCharsets.UTF_8).length > Nbd.MAX_STRING
        || export.indexOf('\0') >= 0) {
      throw new IllegalArgumentException("the export name is too long or holds a NUL: " + FORMS);
    }
    String socket = socketOf(uri);
    return switch (scheme) {
      case "nbd", "nbds" -> {
        if (uri.getHost() == null || socket != null || uri.getUserInfo() != null) {
          throw new IllegalArgumentException("'" + text + "' names no host alone: " + FORMS);
        }
        int port = uri.getPort() < 0 ? Nbd.PORT : uri.getPort();
        yield new NbdUri(text, scheme.equals("nbds"), uri.getHost(), port, null, export);
      }
      case "nbd+unix", "nbds+unix" -> {
        if (socket == null || socket.isEmpty() || uri.getHost() != null) {
          throw new IllegalArgumentException("'" + text + "' names no socket alone: " + FORMS);
        }
        yield new NbdUri(text, scheme.equals("nbds+unix"), null, 0, socket, export);
      }
      default -> throw new IllegalArgumentException("'" + text + "' is no NBD URI: " + FORMS);
    };
  }

  private static @Nullable String socketOf(URI uri) {
    String socket = null;
    String query = uri.getRawQuery();
    for (String part : query == null ? new String[0] : query.split("&", -1)) {
      if (!part.startsWith("socket=")) {
        throw new IllegalArgumentException("the query '" + part + "' is not known here: " + FORMS);
      }
      String value = part.substring("socket=".length()).replace("+", "%2B");
      socket = URLDecoder.decode(value, StandardCharsets.UTF_8);
    }
    return socket;
  }

  /**
   * The address to connect to. Asks the name service: call it where that may block.
   *
   * @throws UnknownHostException if the host has no address
   */
  SocketAddress resolve() throws UnknownHostException {
    return socket == null
        ? new InetSocketAddress(InetAddress.getByName(host), port)
        : UnixDomainSocketAddress.of(socket);
  }
}
