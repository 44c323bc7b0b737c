package io.dawncache.node.origin;

import io.dawncache.core.Entry;
import io.dawncache.core.Getter;
import io.dawncache.core.LoadTrace;
import io.dawncache.core.Loaded;
import io.dawncache.node.origin.OriginException.Extent;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Loads a key from the URL that a template has for it.
 *
 * @param heeds whether the server says how long its answers hold
 */
record HttpGetter(UrlTemplate template, OriginClient client, boolean heeds, HttpMetadata metadata)
    implements Getter {
  private static final int SHOWN_CHARS = 200;

  @Override
  public Loaded load(String key) throws IOException, InterruptedException {
    return load(key, null);
  }

  @Override
  public Loaded reload(String key, Entry held) throws IOException, InterruptedException {
    return load(key, HttpCondition.of(held.metadata()));
  }

  private Loaded load(String key, @Nullable HttpCondition condition)
      throws IOException, InterruptedException {
    HttpUrl url = template.url(key);
    if (url == null) {
      return Loaded.rejected(
          "key "
              + shown(key)
              + ": would be a step in the URL's path (expected: no segment . or .. in its path)");
    }
    String asked = "GET " + shown(url.toString());
    OriginClient.Answer answer;
    try {
      answer = client.get(url, condition, LoadTrace.current());
    } catch (IOException e) {
      Throwable cause = e.getCause();
      Extent extent =
          cause instanceof OriginClient.RefusedAnswerException ? Extent.KEY : Extent.LOAD;
      throw new OriginException(extent, OriginException.reason(e), asked, cause);
    }
    Loaded loaded = answer.unchanged() ? Loaded.unchanged() : loaded(answer, asked);
    return heeds && loaded.rejection() == null ? answer.freshness().applyTo(loaded) : loaded;
  }

  private Loaded loaded(OriginClient.Answer answer, String asked) throws OriginException {
    return switch (OriginStatus.of(answer.status())) {
      case VALUE -> Loaded.of(answer.body()).withMetadata(metadata.of(answer));
      case NOT_FOUND -> Loaded.notFound();
      case REJECTED -> Loaded.rejected("status " + answer.status()); // callers may see this text
      case FAILED -> throw new OriginException("status " + answer.status(), asked, null);
    };
  }

  private static String shown(String text) {
    return text.length() <= SHOWN_CHARS ? text : text.substring(0, SHOWN_CHARS) + "…";
  }
}
