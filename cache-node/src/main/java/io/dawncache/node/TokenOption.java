package io.dawncache.node;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The token that a command sends to a node, if it has one. */
final class TokenOption {
  @Option(
      names = "--token-file",
      paramLabel = "FILE",
      description =
          "A file with the token to send, if the node asks for one; by default the variable"
              + " DAWNCACHE_TOKEN has it.")
  private @Nullable Path file;

  /** Made by picocli. */
  TokenOption() {}

  /**
   * Returns the token, or null if there is none.
   *
   * @throws IOException if the file cannot be read, or holds no token; the message does not show it
   */
  @Nullable String token() throws IOException {
    String token = System.getenv("DAWNCACHE_TOKEN");
    if (file != null) {
      try {
        token = Files.readString(file).strip();
      } catch (IOException e) {
        throw new IOException("--token-file: " + file + " cannot be read", e);
      }
    }
    if (token != null && !token.matches("[!-~]+")) {
      throw new IOException("the token (expected: one, of visible ASCII characters)");
    }
    return token;
  }
}
