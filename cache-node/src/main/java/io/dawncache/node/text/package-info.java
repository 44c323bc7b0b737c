/**
 * Values as people write them on a command line or in a file: sizes, lengths of time, fractions,
 * addresses, choices. Each reader refuses other forms with a message that names the value, then the
 * expectation.
 */
@NullMarked
package io.dawncache.node.text;

import org.jspecify.annotations.NullMarked;
