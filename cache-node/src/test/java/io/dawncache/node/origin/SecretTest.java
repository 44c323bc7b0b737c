package io.dawncache.node.origin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.util.Map;
import org.junit.jupiter.api.Test;

class SecretTest {
  @Test
  void aSecretIsEqualByItsText() {
    Secret secret = new Secret("letmein");
    assertEquals(secret, new Secret("letmein"));
    assertEquals(secret.hashCode(), new Secret("letmein").hashCode());
    assertNotEquals(secret, new Secret("letmeout"));
    assertFalse(secret.equals((Object) "letmein"));
    assertEquals("letmein", secret.reveal());
  }

  @Test
  void noTextThatContainsItShowsIt() {
    String shown = Map.of("password", new Secret("letmein")).toString();
    assertFalse(shown.contains("letmein"), shown);
  }
}
