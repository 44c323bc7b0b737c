package io.dawncache.bench.chaos;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.w3c.dom.Document;

final class SoakMainTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private final SoakResults soak = new SoakResults();
  private final AtomicReference<SoakPlan> ran = new AtomicReference<>();
  private final Path page;

  SoakMainTest(@TempDir Path folder) {
    page = folder.resolve("soak.html");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "0           | MINUTES: 0.0 (expected: 0.5 to 600)",
        "1000        | MINUTES: 1000.0 (expected: 0.5 to 600)",
        "long        | MINUTES: long (expected: a number)",
        "--rate 0    | --rate: 0.0 (expected: 1 to 10000)",
        "--keys 5    | --keys: 5 (expected: 100 to 800000)",
        "--html /no/x| --html: /no/x (expected: a file in a folder that exists)",
        "--fast      | --fast: no such option (expected: one of",
      })
  void whatIsWrongIsNamedWithWhatIsExpected(String options, String told) {
    assertEquals(2, run(options.strip().split(" ")));
    assertEquals("", out.toString());
    assertTrue(err.toString().startsWith("soak: " + told), err::toString);
  }

  @Test
  void aSoakThatMeetsEveryBarEndsWithZeroATableAndAPage() throws Exception {
    assertEquals(0, run("--html=" + page), out::toString);

    SoakPlan plan = ran.get();
    assertEquals(Duration.ofMinutes(60), plan.length());
    assertEquals(Duration.ofMinutes(10), plan.warmUp());
    assertEquals(Duration.ofMinutes(2), plan.betweenFaults());
    assertEquals(Duration.ofSeconds(10), plan.betweenSamples());
    assertEquals(Duration.ofMinutes(1), plan.betweenPoints());
    assertTrue(out.toString().contains("| failed gets outside of faults "), () -> out.toString());
    Document html = parsed(Files.readString(page));
    assertEquals(6, html.getElementsByTagName("figure").getLength());
    String text = html.getDocumentElement().getTextContent();
    for (String word :
        List.of(
            "Soak report",
            "Judged are the curves of node 1",
            "1200.0 s: node 2 is \"killed\" & <gone>",
            "60.0 minutes, 3 nodes with heaps of 96 MiB",
            "Open descriptors")) {
      assertTrue(text.contains(word), word);
    }
    assertFalse(text.contains("MISSED"), text);
    assertFalse(Files.readString(page).contains("NaN"), "no curve has a point that is no number");
  }

  @Test
  void oneMissedBarEndsWithOne() throws IOException {
    soak.booked(3, "hints for [x]");
    assertEquals(1, run("5", "--html=" + page));
    assertTrue(Files.readString(page).contains("MISSED"));
    assertEquals(Duration.ofSeconds(50), ran.get().warmUp());
    assertEquals(Duration.ofSeconds(25), ran.get().betweenFaults());
    assertEquals(Duration.ofSeconds(5), ran.get().betweenSamples());
  }

  @Test
  void aSoakThatCannotBeRunSaysWhyOnOneLine() {
    int code =
        SoakMain.commandLine(
                (plan, progress) -> {
                  throw new IOException("node 1:\n  not ready");
                },
                new PrintWriter(out, true),
                new PrintWriter(err, true))
            .execute("--html=" + page);
    assertEquals(1, code);
    assertEquals("soak: node 1: not ready\n", err.toString());
  }

  private int run(String... arguments) {
    return SoakMain.commandLine(
            (plan, progress) -> {
              ran.set(plan);
              return soak.result();
            },
            new PrintWriter(out, true),
            new PrintWriter(err, true))
        .execute(arguments);
  }

  private static Document parsed(String html) throws Exception {
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new ByteArrayInputStream(html.getBytes(UTF_8)));
  }
}
