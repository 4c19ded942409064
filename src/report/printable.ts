/**
 * Text of a manifest made fit for a terminal: control characters and direction overrides become `·`, line breaks a
 * blank, so that a name cannot move the cursor or hide the rest of a line.
 */
export function printable(text: string): string {
  return text
    .replace(/\r?\n/g, ' ')
    .replace(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, '\u00b7');
}
