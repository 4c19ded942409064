/** Milliseconds since the process started; unlike `performance` this loads nothing into a program that ends soon. */
export function milliseconds(): number {
  return process.uptime() * 1000;
}
