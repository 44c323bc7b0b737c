package io.dawncache.node.config;

/** How much of a part of the program is logged: everything of this level and of those before it. */
public enum LogLevel {
  OFF,
  ERROR,
  WARN,
  INFO,
  DEBUG,
  TRACE
}
