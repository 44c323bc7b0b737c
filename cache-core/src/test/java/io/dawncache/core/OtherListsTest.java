package io.dawncache.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.ResourceBundle;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What is known of the lists that other nodes hold. */
class OtherListsTest {
  private static final String A = "http://a:1";
  private static final String B = "http://b:1";
  private static final String C = "http://c:1";

  private final MemberList own = MemberList.of(A, 1, List.of(A, B));
  private long now = 1_000;
  private final List<List<Object>> logged = new ArrayList<>();
  private final OtherLists others = new OtherLists(() -> now, new Recorder());

  private final class Recorder implements System.Logger {
    @Override
    public String getName() {
      return "for the test";
    }

    @Override
    public boolean isLoggable(Level level) {
      return true;
    }

    @Override
    public void log(Level level, ResourceBundle bundle, String text, Throwable thrown) {
      logged.add(List.of(level, text));
    }

    @Override
    public void log(Level level, ResourceBundle bundle, String format, Object... parameters) {
      logged.add(List.of(parameters));
    }
  }

  @Test
  void aFingerprintIsOfTheMembersInWhateverOrderAndHoweverOften() {
    long print = own.fingerprint();

    assertEquals(print, MemberList.of(B, 2, List.of(B, A, B)).fingerprint());
    assertNotEquals(print, MemberList.of(A, 1, List.of(A, B, C)).fingerprint());
    assertEquals(
        MemberList.of(A, 1, List.of(A)).fingerprint(),
        MemberList.of(A, 1, List.of()).fingerprint());
  }

  @Test
  void aFingerprintIsAlsoOfTheRingIfNotEveryNodeKnowsIt() {
    long print = own.fingerprint();

    assertEquals(print, MemberList.of(A, 1, List.of(A, B), rings("")).fingerprint());
    assertNotEquals(print, MemberList.of(A, 1, List.of(A, B), rings("native")).fingerprint());
    assertNotEquals(
        MemberList.of(A, 1, List.of(A, B), rings("other")).fingerprint(),
        MemberList.of(A, 1, List.of(A, B), rings("native")).fingerprint());
  }

  private static Rings rings(String inForce) {
    return new Rings(List.of("native", "other"), inForce, List.of());
  }

  @Test
  void anotherRingIsLoggedAsOneAndNotAsAListThatLacksNobody() {
    MemberList other = MemberList.of(B, 2, List.of(B, A), rings("native"));

    others.listReported(own, other);
    others.listReported(own, other);

    assertEquals(List.of(List.of(B, "the ring native", "the ring that every node knows")), logged);
    assertEquals(List.of(B), others.differing(own));
  }

  @Test
  void aDifferenceIsLoggedOnceWithWhomEachLacks() {
    MemberList other = MemberList.of(B, 2, List.of(B, C));

    others.listReported(own, other);
    others.listReported(own, other);
    others.fingerprintReported(own, B, other.fingerprint());

    assertEquals(List.of(List.of(B, A, C)), logged);
    assertEquals(List.of(B), others.differing(own));
  }

  @Test
  void aListIsToBeAskedForWhileOnlyItsFingerprintIsKnown() {
    MemberList other = MemberList.of(B, 2, List.of(B, C));

    others.fingerprintReported(own, B, other.fingerprint());

    assertTrue(others.isUnknown(own, B));
    assertEquals(List.of(B), others.differing(own));
    others.listReported(own, other);
    assertFalse(others.isUnknown(own, B));
  }

  @Test
  void aListThatIsTheSameAgainIsSaidToBe() {
    others.listReported(own, MemberList.of(B, 2, List.of(B, C)));

    others.listReported(own, MemberList.of(B, 2, List.of(B, A)));

    assertEquals(2, logged.size());
    assertEquals(List.of(), others.differing(own));
  }

  @Test
  void aListThatThisNodeHeldUntilItsOwnChangedDiffers() {
    others.listReported(own, MemberList.of(B, 2, List.of(A, B)));

    assertEquals(List.of(), others.differing(own));
    assertEquals(List.of(B), others.differing(MemberList.of(A, 1, List.of(A))));
  }

  @Test
  void whoIsNoMemberIsForgottenAfterAMinuteAndAMemberIsNot() {
    others.listReported(own, MemberList.of(B, 2, List.of(B)));
    others.listReported(own, MemberList.of(C, 3, List.of(C)));
    assertEquals(List.of(B, C), others.differing(own));

    now += TimeUnit.MINUTES.toNanos(1) + 1;

    assertEquals(List.of(B), others.differing(own));
  }

  @Test
  void aNodeThatAgreesThatItIsNoMemberSaysNothingAboutLaterLists() {
    others.listReported(own, MemberList.of(C, 3, List.of(A, B, C)));
    assertEquals(List.of(C), others.differing(own));
    others.listReported(own, MemberList.of(C, 3, List.of(A, B)));
    others.listReported(own, MemberList.of(B, 2, List.of(A, B)));
    assertEquals(List.of(B), others.reporting(own));

    assertEquals(List.of(B), others.differing(MemberList.of(A, 1, List.of(A))));
  }
}
