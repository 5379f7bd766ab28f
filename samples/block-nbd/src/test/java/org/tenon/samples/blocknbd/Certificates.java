package org.tenon.samples.blocknbd;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Makes an authority, a server's and a client's certificate with openssl(1), under the names that
 * NBD tools look for.
 */
final class Certificates {
  private Certificates() {}

  static void make(Path folder, String serverName) throws IOException, InterruptedException {
    openssl(
        folder,
        "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj"
            + " /CN=test-authority -keyout ca-key.pem -out ca-cert.pem");
    sign(folder, "server", "/CN=" + serverName, "subjectAltName=DNS:" + serverName);
    sign(folder, "client", "/CN=test-client", "extendedKeyUsage=clientAuth");
  }

  private static void sign(Path folder, String who, String subject, String extension)
      throws IOException, InterruptedException {
    Files.writeString(folder.resolve(who + ".ext"), extension);
    openssl(
        folder,
        "req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj %s -keyout %s-key.pem -out %s.csr"
            .formatted(subject, who, who));
    openssl(
        folder,
        "x509 -req -in %s.csr -CA ca-cert.pem -CAkey ca-key.pem -CAcreateserial -days 2 -extfile %s.ext -out %s-cert.pem"
            .formatted(who, who, who));
  }

  private static void openssl(Path folder, String arguments)
      throws IOException, InterruptedException {
    List<String> command = new java.util.ArrayList<>(List.of("openssl"));
    command.addAll(List.of(arguments.split(" ")));
    Process process =
        new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IOException("openssl: " + output);
    }
  }
}
