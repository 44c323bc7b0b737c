package io.dawncache.node.origin;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FileTypesTest {
  @ParameterizedTest
  @CsvSource(
      nullValues = "none",
      value = {
        "Tom.json, application/json",
        "season/1/index.html, text/html",
        "a.tar.gz, application/gzip",
        "PHOTO.JPG, image/jpeg",
        ".css, text/css",
        "Tom, none",
        "Tom., none",
        "Tom.exotic, none",
        "folder.json/Tom, none",
        "json, none",
      })
  void theEndOfANameSaysTheType(String name, String type) {
    assertEquals(type, FileTypes.of(name));
  }
}
