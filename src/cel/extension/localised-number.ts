import { fixed, significant } from './exact-decimal.ts';

/**
 * `%.Nf` as golang.org/x/text prints it for en_US: `1,234.500000`, `NaN`, `-∞`. Minus zero loses its sign.
 *
 * x/text keeps the precision as the least number of decimals in 8 bits and as the greatest in 16, so `%.1001f` writes at
 * least 233 decimals. Source: golang.org/x/text `internal/number`, as cel-go 0.26 uses it.
 */
export function localisedFixed(value: number, precision: number): string {
  const special = notFinite(value);
  if (special !== undefined) return special;
  const most = (precision << 16) >> 16;
  const [whole, fraction = ''] = (most < 0 ? shortest(value) : fixed(Math.abs(value), most)).split('.');
  const decimals = fraction.replace(/0+$/, '').padEnd(precision & 0xff, '0');
  const grouped = whole!.replace(/\B(?=(?:\d{3})+$)/g, ',');
  return (value < 0 ? '-' : '') + (decimals === '' ? grouped : `${grouped}.${decimals}`);
}

/** The shortest digits that read back as the same number, without an exponent. */
function shortest(value: number): string {
  const [digits, exponent] = Math.abs(value).toExponential().split('e') as [string, string];
  return fixed(Math.abs(value), Math.max(0, digits.replace('.', '').length - 1 - Number(exponent)));
}

/**
 * `%e` as cel-go prints it through golang.org/x/text: `1.234500×10⁰³`. What is written as a precision it takes for a width:
 * the result always has six decimals and is padded with spaces on the left, by default to 6.
 */
export function localisedScientific(value: number, width: number): string {
  return (notFinite(value) ?? scientific(value)).padStart(width & 0xffff, ' ');
}

function notFinite(value: number): string | undefined {
  if (Number.isNaN(value)) return 'NaN';
  if (Number.isFinite(value)) return undefined;
  return value > 0 ? '∞' : '-∞';
}

function scientific(value: number): string {
  const { digits, exponent } =
    value === 0 ? { digits: '0000000', exponent: 0 } : significant(Math.abs(value), 7);
  const sign = value < 0 ? '-' : '';
  return `${sign}${digits[0]}.${digits.slice(1)}×10${superscript(exponent)}`;
}

function superscript(exponent: number): string {
  const digits = String(Math.abs(exponent)).padStart(2, '0');
  return (exponent < 0 ? '⁻' : '') + digits.replace(/\d/g, (digit) => '⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(digit)]!);
}
