/**
 * A text as a JavaScript string literal: the only way by which anything a policy says gets into generated code. Safe in
 * scripts of any age, where U+2028 and U+2029 end a line; lone surrogates come out escaped.
 * Source: ECMA-262, "QuoteJSONString" and "String Literals".
 */
export function quote(text: string): string {
  return JSON.stringify(text).replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029');
}
