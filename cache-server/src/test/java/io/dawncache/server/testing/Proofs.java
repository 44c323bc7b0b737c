package io.dawncache.server.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Proofs of a cluster's secret, made from what docs/frames.md says and not by the node's code. */
public final class Proofs {
  public static final String ASKER = "ASKER";
  public static final String ANSWERER = "ANSWERER";

  private Proofs() {}

  /** Returns the secret of this text, at least 16 bytes. */
  public static byte[] secret(String text) {
    return text.getBytes(UTF_8);
  }

  /**
   * Returns a proof in hex digits.
   *
   * @param cluster empty for none
   */
  public static String proof(
      byte[] secret,
      String side,
      String askersNonce,
      String answerersNonce,
      String cluster,
      String asker,
      String answerer) {
    List<String> texts =
        List.of("dawncache-proof/1", side, askersNonce, answerersNonce, cluster, asker, answerer);
    try {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      DataOutputStream out = new DataOutputStream(bytes);
      for (String text : texts) {
        out.writeInt(text.getBytes(UTF_8).length);
        out.write(text.getBytes(UTF_8));
      }
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(secret, "HmacSHA256"));
      return HexFormat.of().formatHex(mac.doFinal(bytes.toByteArray()));
    } catch (GeneralSecurityException | IOException e) {
      throw new AssertionError(e);
    }
  }
}
