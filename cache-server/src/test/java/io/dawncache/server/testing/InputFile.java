package io.dawncache.server.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file that a reader of files reads one input after the other from. For use by one thread. */
public final class InputFile {
  private final String name;
  private Path file;

  /** Names a file, which is made when it is needed. */
  public InputFile(String name) {
    this.name = name;
  }

  /** Returns the file, with another content. */
  public Path with(byte[] content) throws IOException {
    if (file == null) {
      file = Files.createTempFile(name, ".input");
      file.toFile().deleteOnExit();
    }
    return Files.write(file, content);
  }
}
