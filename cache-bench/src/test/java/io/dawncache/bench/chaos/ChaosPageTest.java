package io.dawncache.bench.chaos;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dawncache.bench.chaos.Finding.Verdict;
import io.dawncache.bench.chaos.Timeline.Event;
import io.dawncache.bench.chaos.Timeline.Second;
import java.io.ByteArrayInputStream;
import java.time.Instant;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;

final class ChaosPageTest {
  private static final RowResult LOST =
      new RowResult(
          "4",
          "one owner is <killed>",
          List.of(
              Finding.judged("failed requests", "1 of 4,000", "0", false),
              Finding.notSaid("ejected", "no state", "<= 3 s"),
              Finding.figure("p99.9", "3 ms")),
          new Timeline(
              List.of(
                  new Second(2000, 0, 200_000, 900_000, 3_000_000, 12, 5, 5),
                  new Second(0, 1, 0, 0, 0, 0, -1, -1),
                  new Second(1999, 0, 200_000, 900_000, 800_000_000, 40, 4, 5)),
              List.of(new Event(1.2, "node 1: \"killed\" & gone"))));

  private static final RowResult NOT_RUN =
      new RowResult(
          "8",
          "a partition",
          List.of(new Finding("run", "needs root", "", Verdict.NOT_RUN)),
          new Timeline(List.of(), List.of()));

  private static final RowResult MET =
      new RowResult(
          "9", "changes", List.of(Finding.judged("failed", "0", "0", true)), LOST.timeline());

  @Test
  void theWorstFindingIsTheVerdictOfARow() {
    assertEquals(Verdict.MISSED, LOST.verdict());
    assertEquals(Verdict.NOT_RUN, NOT_RUN.verdict());
    assertEquals(Verdict.MET, MET.verdict());
    assertEquals(
        Verdict.NOT_SAID,
        new RowResult("4", "", LOST.findings().subList(1, 3), LOST.timeline()).verdict());
  }

  @Test
  void thePageIsWellFormedAndHasEveryRowWithItsChartsAndEvents() throws Exception {
    String html = page();
    Document page =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(new ByteArrayInputStream(html.getBytes(UTF_8)));

    assertEquals(8, page.getElementsByTagName("figure").getLength()); // four a row that was run
    assertEquals(3, page.getElementsByTagName("table").getLength());
    String text = page.getDocumentElement().getTextContent();
    for (String word :
        List.of(
            "1 of 3 rows meet every bar",
            "Row 4: one owner is <killed>",
            "1.2 s: node 1: \"killed\" & gone",
            "MISSED",
            "NOT SAID",
            "NOT RUN",
            "needs root",
            "5 nodes")) {
      assertTrue(text.contains(word), word);
    }
  }

  @Test
  void thePageLoadsNothing() {
    String html = page();
    for (String reference : List.of("http:", "https:", "src=", "href=", "url(", "@import")) {
      assertFalse(html.contains(reference), reference);
    }
  }

  private static String page() {
    return new ChaosPage(Instant.EPOCH, "5 nodes.", List.of(LOST, NOT_RUN, MET)).toHtml();
  }
}
