package io.dawncache.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The libraries of a package: their licences, and what is known of their vulnerabilities. */
class LicencesIT {
  private static final Path ROOT = Path.of(System.getProperty("dawncache.root"));

  /** One of them is enough, where a library may be had under several. */
  private static final Set<String> ACCEPTED =
      Set.of(
          "Apache-2.0",
          "BSD-2-Clause",
          "BSD-3-Clause",
          "CC0-1.0",
          "MIT",
          "MPL-2.0",
          "Public Domain");

  @Test
  void everyLibraryOfThePackageHasALicenceOfTheList() throws IOException {
    List<String> others = new ArrayList<>();
    for (JsonElement component : components()) {
      JsonObject library = component.getAsJsonObject();
      if (licences(library).stream().noneMatch(ACCEPTED::contains)) {
        others.add(name(library) + ": " + licences(library));
      }
    }
    assertEquals(List.of(), others);
  }

  @Test
  void everyJarOfThePackageIsInTheBillOfMaterials() throws IOException {
    Set<String> billed = new TreeSet<>();
    components().forEach(library -> billed.add(name(library.getAsJsonObject())));
    try (var jars = Files.list(ROOT.resolve("cache-node/target/lib"))) {
      List<String> missing =
          jars.map(jar -> jar.getFileName().toString().replaceFirst("\\.jar$", ""))
              .filter(jar -> !billed.contains(jar))
              .toList();
      assertEquals(List.of(), missing);
    }
    assertTrue(billed.size() > 10, () -> "billed: " + billed);
  }

  /** So each change of a version needs another look at what is known of it. */
  @Test
  void everyLibraryOfThePackageIsInTheTableOfVulnerabilities() throws IOException {
    String table = Files.readString(ROOT.resolve("docs/vulnerabilities.md"));
    List<Pattern> known =
        Pattern.compile("`([A-Za-z0-9_*-]+) ([A-Za-z0-9.-]+)`")
            .matcher(table)
            .results()
            .map(row -> row.group(1).replace("*", "[a-z0-9-]*") + "-" + Pattern.quote(row.group(2)))
            .map(Pattern::compile)
            .toList();
    List<String> missing = new ArrayList<>();
    for (JsonElement component : components()) {
      String name = name(component.getAsJsonObject());
      boolean isOurs = name.matches("(cache|dawncache)-.*");
      if (!isOurs && known.stream().noneMatch(row -> row.matcher(name).matches())) {
        missing.add(name);
      }
    }
    assertEquals(List.of(), missing);
  }

  private static JsonArray components() throws IOException {
    String bom = Files.readString(ROOT.resolve("cache-node/target/bom.json"));
    return JsonParser.parseString(bom).getAsJsonObject().getAsJsonArray("components");
  }

  private static String name(JsonObject library) {
    return library.get("name").getAsString() + "-" + library.get("version").getAsString();
  }

  /** Returns the names of a library's licences, by whichever field has them. */
  private static List<String> licences(JsonObject library) {
    List<String> names = new ArrayList<>();
    JsonArray choices = library.getAsJsonArray("licenses");
    if (choices != null) {
      for (JsonElement choice : choices) {
        JsonObject licence = choice.getAsJsonObject().getAsJsonObject("license");
        if (licence == null) {
          names.add(choice.getAsJsonObject().get("expression").getAsString());
        } else {
          names.add((licence.has("id") ? licence.get("id") : licence.get("name")).getAsString());
        }
      }
    }
    return names;
  }
}
