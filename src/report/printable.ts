const steering = /[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g;
const steeringButBreaks = /[\u0000-\u0009\u000b\u000c\u000e-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g;

/**
 * Text of a manifest made fit for a terminal: control characters and direction overrides become `·`, line breaks a
 * blank, so that a name cannot move the cursor or hide the rest of a line.
 */
export function printable(text: string): string {
  return text.replace(/\r?\n/g, ' ').replace(steering, '\u00b7');
}

/** The same for formats that have their own way to write line breaks, which stay. */
export function printableLines(text: string): string {
  return text.replace(steeringButBreaks, '\u00b7');
}

/**
 * A value as JSON in which no character steers a terminal. `JSON.stringify` escapes the first 32 characters only; the
 * others are escaped here, which reads back as the same value. With `indent` the line breaks between the parts stay.
 */
export function printableJson(value: unknown, indent = 0): string {
  const text = JSON.stringify(value, null, indent) ?? 'null';
  const escaped = indent > 0 ? steeringButBreaks : steering;
  return text.replace(escaped, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
