package io.dawncache.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class GetMainTest {
  private static final String SYNOPSIS = "get [OPTIONS] [--] GROUP KEY";

  @Test
  void aWrongCommandLineIsToldInOneLine() {
    Ran.get().assertRefused("get: GROUP: missing (expected: " + SYNOPSIS + ")");
    Ran.get("scores").assertRefused("get: KEY: missing (expected: " + SYNOPSIS + ")");
    Ran.get("scores", "Tom", "Jack")
        .assertRefused("get: Jack: one argument too many (expected: " + SYNOPSIS + ")");
    Ran.get("scores", "").assertRefused("get: KEY: \"\" (expected: not empty)");
    Ran.get("", "Tom").assertRefused("get: GROUP: \"\" (expected: not empty)");
    Ran.get("scores", "-Tom")
        .assertRefused(
            "get: -Tom: no such option (expected: one of --node, --dialect, --cert, --key,"
                + " --token-file, --cacert, --help, --version)");
    Ran.get("--node", "nowhere", "scores", "Tom")
        .assertRefused(
            "get: --node: node URL: nowhere"
                + " (expected: http://HOST:PORT, such as http://10.0.0.1:8001)");
  }

  @Test
  void helpTellsTheExitCodes() {
    Ran help = Ran.get("--help");

    assertEquals(0, help.exitCode());
    assertTrue(help.out().contains("1 the key was not found"), help.out());
  }
}
