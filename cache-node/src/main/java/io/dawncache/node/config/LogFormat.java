package io.dawncache.node.config;

/** How a node writes its log. */
public enum LogFormat {
  TEXT,
  JSON
}
