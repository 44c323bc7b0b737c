package io.dawncache.node;

/** How a node writes its log: {@code --log-format text|json}. */
enum LogFormat {
  TEXT,
  JSON
}
