/** Whether a text is a day of the calendar, `YYYY-MM-DD`; `Date.parse` alone takes 30 February for 2 March. */
export function isDay(text: string): boolean {
  const time = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(text) : Number.NaN;
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}
