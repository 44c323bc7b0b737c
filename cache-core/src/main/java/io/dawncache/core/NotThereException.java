package io.dawncache.core;

/** The origin holds nothing under the key: a final answer of a healthy origin. */
public final class NotThereException extends GetException {
  private static final long serialVersionUID = 1;

  NotThereException(String message) {
    this(message, message);
  }

  NotThereException(String message, String shortMessage) {
    super(message, shortMessage, null);
  }
}
