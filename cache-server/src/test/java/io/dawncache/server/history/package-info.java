/**
 * The promise of remove, put and clear, for real: three nodes, each a process of its own, are asked
 * at random while loads are under way, and every answer is judged by the order in which things
 * happened. {@link io.dawncache.server.history.HistoryIT} says what happens to the fleet meanwhile;
 * {@link io.dawncache.server.history.History} is the judge.
 */
@NullMarked
package io.dawncache.server.history;

import org.jspecify.annotations.NullMarked;
