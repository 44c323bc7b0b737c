package io.dawncache.server.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dawncache.server.testing.Proofs;
import io.dawncache.server.wire.ClusterSecrets.Challenge;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClusterSecretsTest {
  private static final byte[] OLD = Proofs.secret("the old secret, of 29 bytes");
  private static final byte[] NEW = Proofs.secret("the new secret, of 29 bytes");
  private static final ClusterSecrets ONE = new ClusterSecrets(List.of(OLD));
  private static final Challenge CHALLENGE =
      new Challenge("na", "nb", "shop", "http://a:1", "http://b:1");

  @Test
  void proofsAreTheHmacsThatTheDocumentedBytesHave() {
    String asker = ONE.prove(CHALLENGE);

    assertEquals(
        Proofs.proof(OLD, Proofs.ASKER, "na", "nb", "shop", "http://a:1", "http://b:1"), asker);
    assertEquals(
        Proofs.proof(OLD, Proofs.ANSWERER, "na", "nb", "shop", "http://a:1", "http://b:1"),
        ONE.proveInReturn(CHALLENGE, asker));
  }

  static Stream<Challenge> others() {
    return Stream.of(
        new Challenge("nA", "nb", "shop", "http://a:1", "http://b:1"),
        new Challenge("na", "nB", "shop", "http://a:1", "http://b:1"),
        new Challenge("nb", "na", "shop", "http://a:1", "http://b:1"),
        new Challenge("na", "nb", "Shop", "http://a:1", "http://b:1"),
        new Challenge("na", "nb", null, "http://a:1", "http://b:1"),
        new Challenge("na", "nb", "shop", "http://c:1", "http://b:1"),
        new Challenge("na", "nb", "shop", "http://a:1", "http://c:1"),
        new Challenge("na", "nb", "shop", "http://b:1", "http://a:1"),
        new Challenge("nan", "b", "shop", "http://a:1", "http://b:1"),
        new Challenge("na", "nb", "shophttp://a:1", "", "http://b:1"));
  }

  @ParameterizedTest
  @MethodSource("others")
  void aProofHoldsForItsOwnChallengeAlone(Challenge other) {
    String proof = ONE.prove(other);
    String inReturn = ONE.proveInReturn(other, proof);

    assertNotNull(inReturn);
    assertNull(ONE.proveInReturn(CHALLENGE, proof));
    assertFalse(ONE.isProven(CHALLENGE, inReturn));
  }

  @Test
  void aProofThatIsSentBackProvesNothing() {
    String asker = ONE.prove(CHALLENGE);
    String answerer = ONE.proveInReturn(CHALLENGE, asker);

    assertFalse(ONE.isProven(CHALLENGE, asker));
    assertTrue(ONE.isProven(CHALLENGE, answerer));
    assertNull(ONE.proveInReturn(CHALLENGE, answerer));
  }

  @Test
  void aProofWithAnyDigitAlteredProvesNothing() {
    String proof = ONE.prove(CHALLENGE);
    String inReturn = ONE.proveInReturn(CHALLENGE, proof);

    for (int i = 0; i < proof.length(); i++) {
      assertNull(ONE.proveInReturn(CHALLENGE, altered(proof, i)));
      assertFalse(ONE.isProven(CHALLENGE, altered(inReturn, i)));
    }
  }

  private static String altered(String proof, int index) {
    char other = proof.charAt(index) == '0' ? '1' : '0';
    return proof.substring(0, index) + other + proof.substring(index + 1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ",", ", ", "00", "zz", "\u00e4", "0 , 1, 2, 3, 4, 5, 6, 7, 8, 9"})
  void whatIsNoProofProvesNothing(String text) {
    assertNull(ONE.proveInReturn(CHALLENGE, text));
    assertNull(ONE.proveInReturn(CHALLENGE, text.repeat(1000)));
    assertFalse(ONE.isProven(CHALLENGE, text));
  }

  @Test
  void noProofAndNoSecretProveNothing() {
    ClusterSecrets none = new ClusterSecrets(List.of());

    assertNull(ONE.proveInReturn(CHALLENGE, null));
    assertFalse(ONE.isProven(CHALLENGE, null));
    assertNull(none.proveInReturn(CHALLENGE, none.prove(CHALLENGE)));
    assertFalse(none.isProven(CHALLENGE, ""));
  }

  @Test
  void nodesWithOneSecretInCommonUnderstandEachOther() {
    List<List<byte[]>> rotation =
        List.of(List.of(OLD), List.of(OLD, NEW), List.of(NEW, OLD), List.of(NEW));
    for (List<byte[]> asker : rotation) {
      for (List<byte[]> answerer : rotation) {
        boolean shared = asker.stream().anyMatch(answerer::contains);
        ClusterSecrets asking = new ClusterSecrets(asker);
        String inReturn =
            new ClusterSecrets(answerer).proveInReturn(CHALLENGE, asking.prove(CHALLENGE));

        assertEquals(shared, inReturn != null && asking.isProven(CHALLENGE, inReturn));
      }
    }
  }

  @Test
  void asManyAsANodeMayHaveAreProven() {
    List<byte[]> most =
        IntStream.range(0, ClusterSecrets.MOST)
            .mapToObj(i -> Proofs.secret("the secret of the number " + i))
            .toList();

    String proofs = new ClusterSecrets(most).prove(CHALLENGE);

    for (byte[] secret : most) {
      assertNotNull(new ClusterSecrets(List.of(secret)).proveInReturn(CHALLENGE, proofs));
    }
  }

  @Test
  void replacingSaysWhetherAFormerOneIsGone() {
    ClusterSecrets secrets = new ClusterSecrets(List.of(OLD));

    assertFalse(secrets.set(List.of(NEW, OLD.clone())));
    assertTrue(secrets.set(List.of(NEW)));
    assertNull(secrets.proveInReturn(CHALLENGE, ONE.prove(CHALLENGE)));
  }

  @Test
  void noncesDifferAndAreAsLongAsAProof() {
    String nonce = ClusterSecrets.nonce();

    assertEquals(64, nonce.length());
    assertNotEquals(nonce, ClusterSecrets.nonce());
  }

  @Test
  void theTextShowsNoSecret() {
    assertEquals("ClusterSecrets[1]", ONE.toString());
  }
}
