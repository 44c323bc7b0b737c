package io.dawncache.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dawncache.server.AccessTokens.Access;
import io.dawncache.server.AccessTokens.Role;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AccessTokensTest {
  private static final AccessTokens TOKENS =
      AccessTokens.parse(
          """
          # the shop
          reader-0123456789 read:scores,players
          writer-0123456789\twrite

          #-token-of-16-bytes operate
          """);

  private static Access of(String token) {
    return TOKENS.of("Bearer " + token);
  }

  @Test
  void eachTokenHasItsRoleInItsGroups() {
    assertEquals(new Access(Role.READ, Set.of("scores", "players")), of("reader-0123456789"));
    assertEquals(new Access(Role.WRITE, Set.of()), of("writer-0123456789"));
    assertEquals(Access.ALL, of("#-token-of-16-bytes"));
    assertEquals(Access.ALL, TOKENS.of(" bearer  #-token-of-16-bytes "));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "Bearer",
        "Bearer ",
        "Bearer reader-012345678",
        "Bearer reader-01234567890",
        "Bearer Reader-0123456789",
        "Bearer reader-0123456789 x",
        "Basic reader-0123456789",
        "reader-0123456789",
        "Bearer the-shop"
      })
  void whatIsNoKnownTokenIsNobody(String authorization) {
    assertNull(TOKENS.of(authorization));
    assertNull(AccessTokens.NONE.of(authorization));
  }

  @Test
  void aRoleAllowsWhatLesserRolesDoInItsGroupsAlone() {
    Access reader = of("reader-0123456789");
    assertNotNull(reader);
    assertTrue(reader.allows(Role.READ, "scores"));
    assertFalse(reader.allows(Role.READ, "score"));
    assertFalse(reader.allows(Role.WRITE, "scores"));
    assertFalse(reader.allows(Role.READ));

    Access writer = of("writer-0123456789");
    assertNotNull(writer);
    assertTrue(writer.allows(Role.READ, "any"));
    assertTrue(writer.allows(Role.WRITE));
    assertFalse(writer.allows(Role.OPERATE, "any"));
    assertTrue(Access.ALL.allows(Role.OPERATE));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "too-short read",
        "token-0123456789",
        "token-0123456789 admin",
        "token-0123456789 READ",
        "token-0123456789 read:",
        "token-0123456789 read:a, b",
        "token-0123456789 read:a,,b",
        "token-0123456789 operate:scores",
        "token 0123456789 read"
      })
  void aWrongLineIsNamedByItsNumberAndNotShown(String line) {
    var thrown =
        assertThrows(
            IllegalArgumentException.class, () -> AccessTokens.parse("# tokens\n" + line + "\n"));

    assertTrue(thrown.getMessage().startsWith("tokens: line 2 (expected: "), thrown::getMessage);
    assertFalse(thrown.getMessage().contains("0123456789"), thrown::getMessage);
  }

  @Test
  void aGroupThatIsNamedTwiceIsAMistakeThatNamesIt() {
    var thrown =
        assertThrows(
            IllegalArgumentException.class,
            () -> AccessTokens.parse("token-of-16-bytes read:scores,players,scores"));

    assertEquals(
        "tokens: line 1: group scores twice (expected: each group once)", thrown.getMessage());
  }

  @Test
  void aLineMayNameAnyNumberOfGroups() {
    List<String> groups = IntStream.range(0, 100_000).mapToObj(i -> "group" + i).toList();

    Access access =
        AccessTokens.parse("token-of-16-bytes write:" + String.join(",", groups))
            .of("Bearer token-of-16-bytes");

    assertEquals(new Access(Role.WRITE, Set.copyOf(groups)), access);
  }

  @Test
  void theTextShowsNoToken() {
    assertEquals("AccessTokens[3]", TOKENS.toString());
  }
}
