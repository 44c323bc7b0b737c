package io.dawncache.bench.load;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

final class LoadPageTest {
  static Stream<LoadResult> results() {
    return Stream.of(Results.good(), Results.bad(), Results.silent(), Results.closed());
  }

  @ParameterizedTest
  @MethodSource("results")
  void thePageIsWellFormedAndAsksNobodyForAnything(LoadResult result) throws Exception {
    String html = new LoadPage(result).toHtml();
    Document page = parsed(html);
    assertEquals("html", page.getDocumentElement().getTagName());
    for (String tag : List.of("link", "img", "iframe", "image", "use", "a")) {
      assertEquals(0, page.getElementsByTagName(tag).getLength(), tag);
    }
    for (Element element : elements(page, "*")) {
      for (String attribute : List.of("src", "href", "style", "onload")) {
        assertFalse(element.hasAttribute(attribute), element.getTagName() + " " + attribute);
      }
    }
    assertFalse(html.contains("://"), "an address");
    assertFalse(html.contains("url("), "a resource");
    assertFalse(html.contains("@import"), "an import");
    assertFalse(html.matches("(?s).*\\{[a-z]+\\}.*</main>.*"), "an empty place");
    assertFalse(html.contains("NaN") || html.contains("Infinity"), "no number");
  }

  @Test
  void figuresAndVerdictStandInThePage() throws Exception {
    String text =
        parsed(new LoadPage(Results.good()).toHtml()).getDocumentElement().getTextContent();
    for (String part :
        new String[] {
          "The rate was kept.",
          "of 100/s wanted",
          "22 November 2026, 19:00 UTC",
          "1,000 in 10 s",
          "200: 1,000",
          "60 kB sent",
          "Second by second",
          "99.9 %"
        }) {
      assertTrue(text.contains(part), part);
    }
    assertTrue(text.matches("(?s).*p50\\s*50\\.0 ms.*"), text);
  }

  @Test
  void whatWentWrongIsMarkedAndWhatOthersSaidIsEscaped() throws Exception {
    String html = new LoadPage(Results.bad()).toHtml();
    assertTrue(html.contains("class=\"verdict bad\""));
    assertTrue(html.contains("no &lt;route&gt; &amp; &quot;no&quot; luck"));
    assertTrue(html.contains("class=\"line put\""), "puts have a curve of their own");
  }

  @Test
  void theCurvesRiseFromLeftToRightAndStayInTheirFrames() throws Exception {
    Document page = parsed(new LoadPage(Results.good()).toHtml());
    int curves = 0;
    for (Element path : elements(page, "path")) {
      String[] points = path.getAttribute("d").substring(1).split("[LM]", -1);
      if (!path.getAttribute("class").startsWith("line") || points.length < 2) {
        continue;
      }
      curves++;
      double before = -1;
      for (String point : points) {
        String[] numbers = point.split(" ", -1);
        double x = Double.parseDouble(numbers[0]);
        double y = Double.parseDouble(numbers[1]);
        assertTrue(x >= 96 && x <= 704 && x >= before, point);
        assertTrue(y >= 14 && y <= 302, point);
        before = x;
      }
    }
    assertEquals(1 + 2 + 3, curves);
  }

  @Test
  void everyChartHasAnAccessibleNameAndADescription() throws Exception {
    Document page = parsed(new LoadPage(Results.good()).toHtml());
    Set<String> ids = new HashSet<>();
    for (Element element : elements(page, "*")) {
      String id = element.getAttribute("id");
      assertTrue(id.isEmpty() || ids.add(id), id + " twice");
    }
    int charts = 0;
    for (Element svg : elements(page, "svg")) {
      if (svg.getAttribute("role").equals("img")) {
        charts++;
        for (String id : svg.getAttribute("aria-labelledby").split(" ", -1)) {
          assertTrue(ids.contains(id), id);
        }
      } else {
        assertEquals("true", svg.getAttribute("aria-hidden"));
      }
    }
    assertEquals(3, charts);
  }

  @Test
  void aSingleAnswerMakesAPageToo() throws Exception {
    Tally one = new Tally();
    one.sent = 1;
    one.answered(false, 200, 1, 5, 1);
    LoadResult result =
        new LoadResult(
            Plans.closed(1, 1),
            Results.good().began(),
            0,
            one,
            List.of(SecondRow.of(0, one)),
            false,
            null);
    String html = new LoadPage(result).toHtml();
    parsed(html);
    assertFalse(html.contains("NaN") || html.contains("Infinity"), "no number");
  }

  private static Document parsed(String html) throws Exception {
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new ByteArrayInputStream(html.getBytes(UTF_8)));
  }

  private static List<Element> elements(Document page, String tag) {
    var nodes = page.getElementsByTagName(tag);
    return IntStream.range(0, nodes.getLength()).mapToObj(i -> (Element) nodes.item(i)).toList();
  }
}
