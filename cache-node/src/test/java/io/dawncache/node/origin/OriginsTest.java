package io.dawncache.node.origin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.dawncache.core.Getter;
import io.dawncache.core.Loaded;
import java.util.List;
import org.junit.jupiter.api.Test;

class OriginsTest {
  /** An origin as an application would add it. */
  private static final class Echo implements Origin {
    @Override
    public String scheme() {
      return "echo";
    }

    @Override
    public OpenOrigin open(OriginSettings settings) {
      return OpenOrigin.of(key -> Loaded.ofUtf8(settings.get(Setting.LOCATION) + "|" + key));
    }
  }

  @Test
  void theClassPathHoldsThoseThatComeWithTheProgram() {
    List<String> forms = Origins.onClassPath().all().stream().map(Origin::form).toList();

    assertEquals(
        List.of(
            "files:DIR",
            "http:URL-TEMPLATE",
            "jdbc with settings in a file",
            "none",
            "redis://HOST:PORT"),
        forms);
  }

  @Test
  void allBehindTheFirstColonIsTheLocation() throws Exception {
    Getter getter = Origins.of(List.of(new Echo())).open("group", "echo:a:b:").getter();

    assertEquals("a:b:|Tom", getter.load("Tom").value().toUtf8());
  }

  @Test
  void anUnknownSchemeIsRefusedWithTheKnownOnes() {
    Origins origins = Origins.of(List.of(new Echo(), new FilesOrigin()));

    for (String unknown : List.of("ftp:x", "echo", "", ":x")) {
      String message =
          assertThrows(IllegalArgumentException.class, () -> origins.open("group", unknown))
              .getMessage();
      assertEquals("origin: " + unknown + " (expected: echo:LOCATION or files:DIR)", message);
    }
  }

  @Test
  void twoOriginsOfOneSchemeAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> Origins.of(List.of(new Echo(), new Echo())));
  }
}
