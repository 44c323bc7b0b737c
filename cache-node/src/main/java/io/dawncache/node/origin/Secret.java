package io.dawncache.node.origin;

/**
 * A password or a token. It shows itself only to who asks for it; messages, logs and pages show
 * {@code ***}.
 *
 * @since 0.1.0
 */
public final class Secret {
  /** What stands for it wherever it is shown. */
  public static final String MASK = "***";

  private final String text;

  /**
   * Makes a secret.
   *
   * @param text what must not be shown
   */
  public Secret(String text) {
    this.text = text;
  }

  /** {@return the text, for the place that asks for it and nothing else} */
  public String reveal() {
    return text;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Secret secret && secret.text.equals(text);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }

  @Override
  public String toString() {
    return MASK;
  }
}
