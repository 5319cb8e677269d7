/** Numbers, sizes and times as people read them. */

const decimal = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

/** `2,000`. */
export function formatCount(count: number): string {
  return decimal.format(count);
}

/** `12 B`, `1.2 kB`, `34 MB`; 1 kB is 1,000 bytes. */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  const units = ['kB', 'MB', 'GB', 'TB'];
  let value = bytes / 1000;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${value < 9.95 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`;
}

/** `2026-01-31 09:05:00`, in the local time zone. */
export function formatTime(milliseconds: number): string {
  const d = new Date(milliseconds);
  const two = (n: number): string => String(n).padStart(2, '0');
  const date = `${d.getFullYear()}-${two(d.getMonth() + 1)}-${two(d.getDate())}`;
  return `${date} ${two(d.getHours())}:${two(d.getMinutes())}:${two(d.getSeconds())}`;
}
