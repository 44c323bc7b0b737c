package io.dawncache.server.tls;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CRLException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Cipher;
import javax.crypto.EncryptedPrivateKeyInfo;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Reads PEM files. Every message of a failure begins with the file.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc7468">RFC 7468</a>
 */
final class Pem {
  private static final int MOST_BYTES = 1 << 20;

  /** The text between two lines of dashes; possessive, so that no text makes it go back. */
  private static final Pattern BLOCK =
      Pattern.compile("-----BEGIN ([A-Z0-9 ]++)-----([^-]++)-----END \\1-----");

  private static final String CERTIFICATE = "CERTIFICATE";
  private static final String CRL = "X509 CRL";
  private static final String KEY = "PRIVATE KEY";
  private static final String ENCRYPTED_KEY = "ENCRYPTED PRIVATE KEY";

  private static final List<String> KEY_ALGORITHMS = List.of("RSA", "EC", "EdDSA", "RSASSA-PSS");

  private record Block(Path file, String label, String base64) {
    byte[] content() throws IOException {
      try {
        return Base64.getMimeDecoder().decode(base64);
      } catch (IllegalArgumentException e) {
        throw new IOException(file + ": not Base64 after BEGIN " + label, e);
      }
    }
  }

  private Pem() {}

  /** Returns the text of a small file. */
  static String read(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] content = in.readNBytes(MOST_BYTES + 1);
      if (content.length > MOST_BYTES) {
        throw new IOException(file + ": longer than " + MOST_BYTES + " bytes");
      }
      return new String(content, StandardCharsets.UTF_8);
    } catch (NoSuchFileException e) {
      throw new IOException(file + ": no such file", e);
    } catch (IOException e) {
      String why = String.valueOf(e.getMessage());
      throw why.startsWith(file.toString()) ? e : new IOException(file + ": " + why, e);
    }
  }

  /** Returns the certificates in a file, at least one, in their order. */
  static List<X509Certificate> certificates(Path file) throws IOException {
    List<X509Certificate> certificates = new ArrayList<>();
    for (Block block : blocks(file)) {
      if (block.label().equals(CERTIFICATE)) {
        certificates.add(certificate(file, block.content()));
      }
    }
    if (certificates.isEmpty()) {
      throw new IOException(file + ": no certificate (expected: -----BEGIN CERTIFICATE-----)");
    }
    return certificates;
  }

  private static X509Certificate certificate(Path file, byte[] content) throws IOException {
    try {
      return (X509Certificate)
          CertificateFactory.getInstance("X.509")
              .generateCertificate(new ByteArrayInputStream(content));
    } catch (CertificateException e) {
      throw new IOException(file + ": a broken certificate, " + e.getMessage(), e);
    }
  }

  /** Returns the lists of revoked certificates in a file, at least one. */
  static List<X509CRL> crls(Path file) throws IOException {
    List<X509CRL> crls = new ArrayList<>();
    for (Block block : blocks(file)) {
      if (block.label().equals(CRL)) {
        crls.add(crl(file, block.content()));
      }
    }
    if (crls.isEmpty()) {
      throw new IOException(file + ": no CRL (expected: -----BEGIN X509 CRL-----)");
    }
    return crls;
  }

  private static X509CRL crl(Path file, byte[] content) throws IOException {
    try {
      return (X509CRL)
          CertificateFactory.getInstance("X.509").generateCRL(new ByteArrayInputStream(content));
    } catch (CertificateException | CRLException e) {
      throw new IOException(file + ": a broken CRL, " + e.getMessage(), e);
    }
  }

  /**
   * Returns the private key in a file.
   *
   * @param password the file with its password; null if it has none
   */
  static PrivateKey privateKey(Path file, @Nullable Path password) throws IOException {
    for (Block block : blocks(file)) {
      switch (block.label()) {
        case KEY -> {
          return privateKey(file, new PKCS8EncodedKeySpec(block.content()));
        }
        case ENCRYPTED_KEY -> {
          if (password == null) {
            throw new IOException(file + ": an encrypted key (expected: a file with its password)");
          }
          return privateKey(file, decrypted(file, block.content(), password));
        }
        default -> {
          if (block.label().endsWith(KEY)) {
            throw new IOException(
                file
                    + ": a key of the form "
                    + block.label()
                    + " (expected: PKCS#8, which openssl pkcs8 -topk8 -nocrypt makes of it)");
          }
        }
      }
    }
    throw new IOException(file + ": no private key (expected: -----BEGIN PRIVATE KEY-----)");
  }

  private static PrivateKey privateKey(Path file, PKCS8EncodedKeySpec content) throws IOException {
    GeneralSecurityException last = null;
    for (String algorithm : KEY_ALGORITHMS) {
      try {
        return KeyFactory.getInstance(algorithm).generatePrivate(content);
      } catch (GeneralSecurityException e) {
        last = e;
      }
    }
    throw new IOException(file + ": a key that is broken, or neither RSA, EC nor EdDSA", last);
  }

  private static PKCS8EncodedKeySpec decrypted(Path file, byte[] content, Path password)
      throws IOException {
    char[] secret = read(password).replaceFirst("\\R\\z", "").toCharArray();
    try {
      EncryptedPrivateKeyInfo encrypted = new EncryptedPrivateKeyInfo(content);
      String named = encrypted.getAlgName();
      // Of PBES2, which openssl uses, only the parameters say which algorithms it is made of.
      String algorithm =
          named.equals("PBES2") || named.startsWith("1.2.840.113549.1.5.13")
              ? encrypted.getAlgParameters().toString()
              : named;
      Cipher cipher = Cipher.getInstance(algorithm);
      cipher.init(
          Cipher.DECRYPT_MODE,
          SecretKeyFactory.getInstance(algorithm).generateSecret(new PBEKeySpec(secret)),
          encrypted.getAlgParameters());
      return encrypted.getKeySpec(cipher);
    } catch (InvalidKeySpecException e) {
      throw new IOException(
          file + ": not decrypted (expected: the password in " + password + ")", e);
    } catch (GeneralSecurityException e) {
      throw new IOException(file + ": not decrypted, " + e.getMessage(), e);
    } finally {
      Arrays.fill(secret, '\0');
    }
  }

  private static List<Block> blocks(Path file) throws IOException {
    List<Block> blocks = new ArrayList<>();
    Matcher matcher = BLOCK.matcher(read(file));
    while (matcher.find()) {
      blocks.add(new Block(file, matcher.group(1), matcher.group(2)));
    }
    return blocks;
  }
}
