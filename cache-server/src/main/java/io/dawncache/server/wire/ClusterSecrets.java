package io.dawncache.server.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * The secrets of a cluster, with which its nodes prove to each other that they belong to it. Safe
 * for use by any thread, and does not block.
 */
public final class ClusterSecrets {
  /*
   * A proof is an HMAC-SHA-256, keyed with a secret, over a Challenge: the nonces of both sides, so
   * that it holds for one connection only; the cluster and both URLs, so that it holds for no other
   * pair of nodes; and the side that proves, so that a proof that is sent back proves nothing. Each
   * text follows its length, so two challenges never make the same bytes.
   *
   * The asker proves first, with each of its secrets, because it does not know which of them the
   * answerer has. The answerer proves with the one that has matched, and only then: a process without
   * a secret never receives a proof from a node that it asks. While secrets are changed, two nodes
   * understand each other if they have one in common.
   */

  /** The fewest bytes of a secret: more than anybody can guess, if they are random. */
  public static final int MIN_BYTES = 16;

  /** The most secrets that a node has at a time. */
  public static final int MOST = 8;

  private static final String VERSION = "dawncache-proof/1";
  private static final String ALGORITHM = "HmacSHA256";
  private static final int NONCE_BYTES = 32;
  private static final int PROOF_BYTES = 32;
  private static final HexFormat HEX = HexFormat.of();
  private static final SecureRandom RANDOM = new SecureRandom();

  private volatile List<Key> keys;

  /** Who proves. */
  private enum Side {
    ASKER,
    ANSWERER
  }

  /**
   * What both sides of one connection make their proofs over.
   *
   * @param askersNonce the nonce of the side that has opened the connection
   * @param answerersNonce the nonce of the other side
   * @param cluster the name of the cluster, or null if it has none
   * @param asker the URL of the side that has opened the connection
   * @param answerer the URL that this side has dialled, and that the other side has as its own
   */
  public record Challenge(
      String askersNonce,
      String answerersNonce,
      @Nullable String cluster,
      String asker,
      String answerer) {}

  /**
   * Makes the secrets of one node.
   *
   * @param secrets the secrets, the preferred one first; none for a node that asks for no proofs
   */
  public ClusterSecrets(List<byte[]> secrets) {
    keys = keys(secrets);
  }

  private static List<Key> keys(List<byte[]> secrets) {
    return secrets.stream().map(secret -> (Key) new SecretKeySpec(secret, ALGORITHM)).toList();
  }

  /**
   * Replaces the secrets.
   *
   * @return whether one of the former secrets is not among them
   */
  public boolean set(List<byte[]> secrets) {
    List<Key> before = keys;
    List<Key> now = keys(secrets);
    keys = now;
    return !now.containsAll(before);
  }

  /** Returns whether peers have to prove that they have a secret. */
  public boolean areRequired() {
    return !keys.isEmpty();
  }

  /** Returns a text that was never used before and cannot be guessed. */
  public static String nonce() {
    byte[] bytes = new byte[NONCE_BYTES];
    RANDOM.nextBytes(bytes);
    return HEX.formatHex(bytes);
  }

  /** Returns the asker's proofs, one for each secret. */
  public String prove(Challenge challenge) {
    return keys.stream()
        .map(key -> HEX.formatHex(proof(key, Side.ASKER, challenge)))
        .collect(Collectors.joining(", "));
  }

  /**
   * Returns the answerer's proof if one of {@code proofs} is what {@link #prove} returns for a
   * secret that this node has, too; null if none is.
   */
  public @Nullable String proveInReturn(Challenge challenge, @Nullable String proofs) {
    Key shared = null;
    for (Key key : keys) {
      byte[] expected = proof(key, Side.ASKER, challenge);
      if (shared == null && isAmong(expected, proofs)) {
        shared = key;
      }
    }
    return shared == null ? null : HEX.formatHex(proof(shared, Side.ANSWERER, challenge));
  }

  /** Returns whether the answerer has proven that it has a secret that this node has. */
  public boolean isProven(Challenge challenge, @Nullable String proof) {
    for (Key key : keys) {
      if (isAmong(proof(key, Side.ANSWERER, challenge), proof)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isAmong(byte[] expected, @Nullable String proofs) {
    boolean found = false;
    if (proofs != null) {
      for (String proof : proofs.split(", ", MOST + 1)) {
        found |= MessageDigest.isEqual(expected, bytes(proof));
      }
    }
    return found;
  }

  /** Returns no bytes for a text that is not a proof. */
  private static byte[] bytes(String proof) {
    try {
      return proof.length() == 2 * PROOF_BYTES ? HEX.parseHex(proof) : new byte[0];
    } catch (IllegalArgumentException e) {
      return new byte[0];
    }
  }

  private static byte[] proof(Key key, Side side, Challenge challenge) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(key);
      add(mac, VERSION);
      add(mac, side.name());
      add(mac, challenge.askersNonce());
      add(mac, challenge.answerersNonce());
      add(mac, challenge.cluster() == null ? "" : challenge.cluster()); // no name is empty
      add(mac, challenge.asker());
      add(mac, challenge.answerer());
      return mac.doFinal();
    } catch (GeneralSecurityException e) { // every JDK has the algorithm, and takes any key
      throw new IllegalStateException(ALGORITHM, e);
    }
  }

  private static void add(Mac mac, String text) {
    byte[] bytes = text.getBytes(UTF_8);
    mac.update(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).array());
    mac.update(bytes);
  }

  /** Returns how many there are, and nothing else of them. */
  @Override
  public String toString() {
    return "ClusterSecrets[" + keys.size() + "]";
  }
}
