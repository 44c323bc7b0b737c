package io.dawncache.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.InvalidClassException;
import java.io.ObjectInputFilter;
import java.io.Serializable;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ValueCodecTest {
  private record Team(String name, List<int[]> rounds) implements Serializable {}

  private static final ObjectInputFilter TEAMS =
      ObjectInputFilter.Config.createFilter(Team.class.getName() + ";java.base/*;!*");

  private static ByteView bytes(int... bytes) {
    byte[] all = new byte[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      all[i] = (byte) bytes[i];
    }
    return ByteView.copyOf(all);
  }

  @Test
  void bytesAreNotCopied() throws Exception {
    ByteView value = ByteView.ofUtf8("630");

    assertSame(value, ValueCodec.bytes().encode(value));
    assertSame(value, ValueCodec.bytes().decode(value));
  }

  @Test
  void textIsWrittenAndReadOnlyIfItIsWellFormed() throws Exception {
    ValueCodec<String> text = ValueCodec.utf8();

    assertEquals(ByteView.ofUtf8("é€😀"), text.encode("é€😀"));
    assertEquals("é€😀", text.decode(ByteView.ofUtf8("é€😀")));
    assertEquals("", text.decode(text.encode("")));
    assertThrows(CharacterCodingException.class, () -> text.encode("\ud83d"));
    assertThrows(CharacterCodingException.class, () -> text.decode(bytes(0xc3, 0x28)));
  }

  @Test
  void serialisedObjectsComeBackIfTheFilterAcceptsThem() throws Exception {
    ValueCodec<Team> teams = ValueCodec.jdkSerialized(Team.class, TEAMS);
    Team team = new Team("A", new ArrayList<>(List.of(new int[] {630, 589})));

    Team read = teams.decode(teams.encode(team));

    assertEquals("A", read.name());
    assertEquals(589, read.rounds().get(0)[1]);
    assertThrows(
        InvalidClassException.class,
        () ->
            ValueCodec.jdkSerialized(Team.class, info -> ObjectInputFilter.Status.REJECTED)
                .decode(teams.encode(team)));
  }

  @Test
  void aSerialisedObjectOfAnotherClassIsNotRead() throws Exception {
    ValueCodec<Team> teams = ValueCodec.jdkSerialized(Team.class, TEAMS);
    ByteView number = ValueCodec.jdkSerialized(Integer.class, TEAMS).encode(630);

    assertThrows(ClassCastException.class, () -> teams.decode(number));
    assertThrows(Exception.class, () -> teams.decode(ByteView.ofUtf8("630")));
  }

  @Test
  void aSerialisedClassOfAPrimitiveIsFound() throws Exception {
    ValueCodec<Class<?>> classes = classes();

    assertEquals(int.class, classes.decode(classes.encode(int.class)));
  }

  @SuppressWarnings({"unchecked", "rawtypes"})
  private static ValueCodec<Class<?>> classes() {
    return (ValueCodec)
        ValueCodec.jdkSerialized(Class.class, info -> ObjectInputFilter.Status.ALLOWED);
  }

  @Test
  void aVersionStandsBeforeTheBytes() throws Exception {
    ValueCodec<String> third = ValueCodec.utf8().withVersion(0x0203);

    assertEquals(bytes(0xdc, 0x7e, 2, 3, 'T', 'o', 'm'), third.encode("Tom"));
    assertEquals("Tom", third.decode(third.encode("Tom")));
    assertEquals("", third.decode(third.encode("")));
  }

  @Test
  void anotherVersionAndNoneAreNotRead() throws Exception {
    ValueCodec<String> second = ValueCodec.utf8().withVersion(2);

    for (ByteView other :
        List.of(
            ValueCodec.utf8().withVersion(3).encode("Tom"),
            ByteView.ofUtf8("Tom Sawyer"),
            ByteView.ofUtf8("Tom"),
            ByteView.empty())) {
      IllegalArgumentException refused =
          assertThrows(IllegalArgumentException.class, () -> second.decode(other));
      assertTrue(refused.getMessage().contains("(expected: 2)"), refused.getMessage());
    }
    assertThrows(
        CharacterCodingException.class, () -> ValueCodec.utf8().decode(second.encode("Tom")));
  }

  @Test
  void aVersionLeavesTheMetadata() throws Exception {
    Metadata plain = new Metadata("text/plain", "\"v17\"");
    ValueCodec<ByteView> versioned = ValueCodec.bytes().withVersion(65535);

    ByteView encoded = versioned.encode(ByteView.ofUtf8("630").withMetadata(plain));

    assertEquals(plain, encoded.metadata());
    assertEquals(plain, versioned.decode(encoded).metadata());
  }

  @Test
  void aVersionThatDoesNotFitIsRefused() {
    for (int version : new int[] {-1, 65536}) {
      assertThrows(IllegalArgumentException.class, () -> ValueCodec.utf8().withVersion(version));
    }
  }
}
