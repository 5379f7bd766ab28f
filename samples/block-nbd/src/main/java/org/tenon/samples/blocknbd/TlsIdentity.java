package org.tenon.samples.blocknbd;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.Collection;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManagerFactory;
import org.tenon.api.Status;
import org.tenon.spi.DriverException;

/**
 * Whom this client trusts and who it is, from PEM files as other NBD tools keep them: {@code
 * ca-cert.pem}, and {@code client-cert.pem} with {@code client-key.pem} (PKCS #8, not encrypted)
 * where the server wants to know its clients. Immutable. Nothing of the key is ever logged.
 */
final class TlsIdentity {
  private static final Pattern KEY =
      Pattern.compile("-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END PRIVATE KEY-----");
  private static final char[] IN_MEMORY_ONLY = new char[0];

  private final SSLContext context;
  private final String serverName;

  private TlsIdentity(SSLContext context, String serverName) {
    this.context = context;
    this.serverName = serverName;
  }

  /**
   * Reads the folder.
   *
   * @param serverName what the server's certificate must be made out to
   */
  static TlsIdentity load(Path folder, String serverName) throws DriverException {
    try {
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(trusted(folder.resolve("ca-cert.pem")));
      KeyManagerFactory keys =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      keys.init(own(folder), IN_MEMORY_ONLY);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
      return new TlsIdentity(context, serverName);
    } catch (IOException | GeneralSecurityException e) {
      throw new DriverException(
          Status.INVALID,
          "the TLS files in %s cannot be used (%s): it takes ca-cert.pem and perhaps client-cert.pem with client-key.pem, as PEM"
              .formatted(folder, e.getClass().getSimpleName()),
          e);
    }
  }

  /** The client's end of one connection. */
  SSLEngine engine() {
    SSLEngine engine = context.createSSLEngine(serverName, Nbd.PORT);
    engine.setUseClientMode(true);
    SSLParameters parameters = engine.getSSLParameters();
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    parameters.setProtocols(new String[] {"TLSv1.3", "TLSv1.2"});
    engine.setSSLParameters(parameters);
    return engine;
  }

  private static KeyStore trusted(Path file) throws IOException, GeneralSecurityException {
    KeyStore store = emptyStore();
    int number = 0;
    for (Certificate each : certificates(file)) {
      store.setCertificateEntry("ca-" + number++, each);
    }
    return store;
  }

  private static KeyStore own(Path folder) throws IOException, GeneralSecurityException {
    KeyStore store = emptyStore();
    Path certificate = folder.resolve("client-cert.pem");
    if (Files.exists(certificate)) {
      Certificate[] chain = certificates(certificate).toArray(Certificate[]::new);
      store.setKeyEntry("client", key(folder.resolve("client-key.pem")), IN_MEMORY_ONLY, chain);
    }
    return store;
  }

  private static KeyStore emptyStore() throws IOException, GeneralSecurityException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    return store;
  }

  private static Collection<? extends Certificate> certificates(Path file)
      throws IOException, GeneralSecurityException {
    try (InputStream in = Files.newInputStream(file)) {
      return CertificateFactory.getInstance("X.509").generateCertificates(in);
    }
  }

  private static PrivateKey key(Path file) throws IOException, GeneralSecurityException {
    Matcher pem = KEY.matcher(Files.readString(file));
    if (!pem.find()) {
      throw new InvalidKeySpecException("no PKCS #8 key");
    }
    PKCS8EncodedKeySpec encoded =
        new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(pem.group(1)));
    for (String algorithm : new String[] {"RSA", "EC", "Ed25519"}) {
      try {
        return KeyFactory.getInstance(algorithm).generatePrivate(encoded);
      } catch (InvalidKeySpecException e) {
        // A key of another kind: try the next.
      }
    }
    throw new InvalidKeySpecException("neither RSA nor EC nor Ed25519");
  }
}
