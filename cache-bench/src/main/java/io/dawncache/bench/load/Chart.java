package io.dawncache.bench.load;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * A chart as SVG inside a page, which defines the colours. A figure holds it with its title, a
 * legend, and a line in which the page's script shows the values under the pointer.
 */
public final class Chart {
  /** What is no character of XML. */
  private static final Pattern FORBIDDEN =
      Pattern.compile("[^\\t\\n\\r\\x{20}-\\x{D7FF}\\x{E000}-\\x{FFFD}\\x{10000}-\\x{10FFFF}]");

  private static final int WIDTH = 760;
  private static final int HEIGHT = 340;
  private static final int LEFT = 96; // room for labels in the large letters of small screens
  private static final int RIGHT = 56; // room for half a label, "99.9999 %"
  private static final int TOP = 14;
  private static final int BOTTOM = 38;

  /** A point of a line; the line has a gap where {@code y} is NaN. */
  public record Point(double x, double y) {}

  private record Line(String style, String label, List<Point> points) {}

  private record Readout(double x, String text) {}

  private record Mark(double x, String text) {}

  private final String id;
  private final String title;
  private final String description;
  private final Axis x;
  private final Axis y;
  private final List<Line> lines = new ArrayList<>();
  private final List<Readout> readouts = new ArrayList<>();
  private final List<Mark> marks = new ArrayList<>();

  /**
   * Makes an empty chart.
   *
   * @param id unique in the page
   * @param description what it shows, for screen readers
   */
  public Chart(String id, String title, String description, Axis x, Axis y) {
    this.id = id;
    this.title = title;
    this.description = description;
    this.x = x;
    this.y = y;
  }

  /**
   * Draws a line.
   *
   * @param style the name of its style in the page
   */
  public void line(String style, String label, List<Point> points) {
    lines.add(new Line(style, label, List.copyOf(points)));
  }

  /** Shows {@code text} while the pointer is near {@code x}; call it in the order of x. */
  public void readout(double x, String text) {
    readouts.add(new Readout(x, text));
  }

  /** Draws an upright line at {@code x}, whose title is {@code text}. */
  public void mark(double x, String text) {
    marks.add(new Mark(x, text));
  }

  /** Returns the figure. */
  public String toHtml() {
    StringBuilder html = new StringBuilder();
    html.append("<figure class=\"chart\">\n<figcaption><h2 id=\"" + id + "\">")
        .append(xml(title) + "</h2>\n<ul class=\"legend\">");
    for (Line line : lines) {
      html.append(
          "<li><svg class=\"swatch\" viewBox=\"0 0 28 8\" aria-hidden=\"true\"><path class=\"line "
              + line.style
              + "\" d=\"M1 4H27\"/></svg>"
              + xml(line.label)
              + "</li>");
    }
    html.append("</ul></figcaption>\n");
    html.append("<svg class=\"plot\" role=\"img\" aria-labelledby=\"" + id + " " + id + "-told\" ")
        .append("viewBox=\"0 0 " + WIDTH + " " + HEIGHT + "\">\n")
        .append("<desc id=\"" + id + "-told\">" + xml(description) + "</desc>\n");
    appendGrid(html);
    for (Mark mark : marks) {
      html.append("<path class=\"mark\" d=\"M" + shown(xOf(mark.x)) + " " + TOP + "V")
          .append((HEIGHT - BOTTOM) + "\"><title>" + xml(mark.text) + "</title></path>\n");
    }
    lines.forEach(line -> append(line, html));
    appendReadouts(html);
    return html.append("</svg>\n<p class=\"readout\" aria-hidden=\"true\">&#160;</p>\n</figure>\n")
        .toString();
  }

  private void appendGrid(StringBuilder html) {
    for (Axis.Tick tick : y.ticks()) {
      String at = shown(yOf(tick.value()));
      html.append("<g" + minor(tick) + "><path class=\"grid\" d=\"M" + LEFT + " " + at + "H")
          .append((WIDTH - RIGHT) + "\"/><text class=\"y\" x=\"" + (LEFT - 8) + "\" y=\"" + at)
          .append("\">" + xml(tick.label()) + "</text></g>\n");
    }
    for (Axis.Tick tick : x.ticks()) {
      String at = shown(xOf(tick.value()));
      html.append("<g" + minor(tick) + "><path class=\"grid\" d=\"M" + at + " " + TOP + "V")
          .append((HEIGHT - BOTTOM) + "\"/><text class=\"x\" x=\"" + at + "\" y=\"")
          .append((HEIGHT - BOTTOM + 26) + "\">" + xml(tick.label()) + "</text></g>\n");
    }
  }

  private static String minor(Axis.Tick tick) {
    return tick.minor() ? " class=\"minor\"" : "";
  }

  private void append(Line line, StringBuilder html) {
    if (line.points.isEmpty()) {
      return;
    }
    StringBuilder path = new StringBuilder();
    boolean gap = true;
    for (Point point : line.points) {
      if (!Double.isNaN(point.y)) {
        path.append(gap ? "M" : "L").append(shown(xOf(point.x)) + " " + shown(yOf(point.y)));
      }
      gap = Double.isNaN(point.y);
    }
    html.append("<path class=\"line " + line.style + "\" d=\"" + path + "\"/>\n");
    Point only = line.points.size() == 1 ? line.points.get(0) : null;
    if (only != null && !Double.isNaN(only.y)) { // a line of one point is invisible
      html.append("<circle class=\"dot " + line.style + "\" r=\"4\" cx=\"")
          .append(shown(xOf(only.x)) + "\" cy=\"" + shown(yOf(only.y)) + "\"/>\n");
    }
  }

  /** Appends the readouts, each with the band up to half way to its neighbours. */
  private void appendReadouts(StringBuilder html) {
    html.append("<path class=\"cursor\" d=\"M0 " + TOP + "V" + (HEIGHT - BOTTOM) + "\"/>\n");
    for (int i = 0; i < readouts.size(); i++) {
      double here = xOf(readouts.get(i).x);
      double from = i == 0 ? LEFT : (xOf(readouts.get(i - 1).x) + here) / 2;
      double to =
          i == readouts.size() - 1 ? WIDTH - RIGHT : (here + xOf(readouts.get(i + 1).x)) / 2;
      html.append("<rect class=\"band\" x=\"" + shown(from) + "\" y=\"" + TOP + "\" width=\"")
          .append(shown(Math.max(0, to - from)) + "\" height=\"" + (HEIGHT - TOP - BOTTOM))
          .append("\" data-x=\"" + shown(here) + "\" data-text=\"")
          .append(xml(readouts.get(i).text) + "\"/>\n");
    }
  }

  private double xOf(double value) {
    return LEFT + x.place(value) * (WIDTH - LEFT - RIGHT);
  }

  private double yOf(double value) {
    return HEIGHT - BOTTOM - y.place(value) * (HEIGHT - TOP - BOTTOM);
  }

  private static String shown(double coordinate) {
    return String.format(Locale.ROOT, "%.1f", coordinate);
  }

  /** Returns the style sheet of pages with charts. */
  public static String style() {
    return resource("report.css");
  }

  /** Returns the script of pages with charts. */
  public static String script() {
    return resource("report.js");
  }

  private static String resource(String name) {
    try (InputStream in = Chart.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException(name + ": not on the class path");
      }
      return new String(in.readAllBytes(), UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Returns text escaped for a page, also within quotes; what no page may contain, such as most
   * control characters, is replaced.
   */
  public static String xml(String text) {
    return FORBIDDEN
        .matcher(text)
        .replaceAll("\uFFFD")
        .replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }
}
