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
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

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
    Document page = parsed(html);

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
  void charactersThatNoPageMayContainAreReplaced() throws Exception {
    RowResult result =
        new RowResult(
            "4",
            "\u0000 & {script} \u001b[31m",
            List.of(Finding.judged("a\uFFFF\uD800", "\"]]>", "<!--", false)),
            new Timeline(
                List.of(new Second(1, 0, 1, 1, 1, 0, 1, 1)),
                List.of(new Event(0, "\u0007\uD83D\uDE00"))));

    Document page = parsed(new ChaosPage(Instant.EPOCH, "\u0001", List.of(result)).toHtml());

    String text = page.getDocumentElement().getTextContent();
    assertTrue(text.contains("Row 4: \uFFFD & {script} \uFFFD[31m"), text);
    assertTrue(text.contains("\uFFFD\uD83D\uDE00"), "a pair is a character");
  }

  @Test
  void aPageWithoutRowsIsAPage() throws Exception {
    Document page = parsed(new ChaosPage(Instant.EPOCH, "5 nodes.", List.of()).toHtml());

    assertTrue(page.getDocumentElement().getTextContent().contains("0 of 0 rows meet every bar"));
  }

  @Test
  void aRunOfWhichNothingWasSeenHasChartsWithoutCurves() throws Exception {
    Second nothing = new Second(0, 0, 0, 0, 0, 0, -1, -1);
    for (int seconds : new int[] {1, 3}) {
      Timeline timeline = new Timeline(Collections.nCopies(seconds, nothing), List.of());
      RowResult empty = new RowResult("9", "nothing", List.of(), timeline);

      Document page = parsed(new ChaosPage(Instant.EPOCH, "", List.of(empty)).toHtml());

      assertEquals(4, page.getElementsByTagName("figure").getLength());
      NodeList paths = page.getElementsByTagName("path");
      for (int i = 0; i < paths.getLength(); i++) {
        assertFalse(((Element) paths.item(i)).getAttribute("d").contains("NaN"));
      }
      NodeList dots = page.getElementsByTagName("circle");
      for (int i = 0; i < dots.getLength(); i++) {
        assertFalse(((Element) dots.item(i)).getAttribute("cy").contains("NaN"));
      }
    }
  }

  @Test
  void noTwoThingsOfThePageHaveOneId() throws Exception {
    NodeList all = parsed(page()).getElementsByTagName("*");
    Set<String> ids = new HashSet<>();
    for (int i = 0; i < all.getLength(); i++) {
      String id = ((Element) all.item(i)).getAttribute("id");
      assertTrue(id.isEmpty() || ids.add(id), id);
    }
  }

  @Test
  void thePageLoadsNothing() {
    String html = page();
    for (String reference : List.of("http:", "https:", "src=", "href=", "url(", "@import")) {
      assertFalse(html.contains(reference), reference);
    }
  }

  private static Document parsed(String html) throws Exception {
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new ByteArrayInputStream(html.getBytes(UTF_8)));
  }

  private static String page() {
    return new ChaosPage(Instant.EPOCH, "5 nodes.", List.of(LOST, NOT_RUN, MET)).toHtml();
  }
}
