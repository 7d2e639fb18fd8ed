/** Seconds as people read them: `42 s`, `3 min 05 s`, `2 h 10 min`. */
export function duration(seconds: number): string {
  if (!Number.isFinite(seconds)) return '…'
  if (seconds < 10) return `${seconds.toFixed(1)} s`
  const whole = Math.round(seconds)
  if (whole < 60) return `${whole} s`
  const pad = (value: number) => String(value).padStart(2, '0')
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${pad(whole % 60)} s`
  return `${Math.floor(whole / 3600)} h ${pad(Math.floor((whole % 3600) / 60))} min`
}

/** A count with thousands separated, e.g. `900,000`. */
export function count(value: number): string {
  return Math.round(value).toLocaleString('en-US')
}

/** So many of a thing, e.g. `1 row` or `900,000 rows`. */
export function countOf(value: number, thing: string): string {
  return `${count(value)} ${thing}${Math.round(value) === 1 ? '' : 's'}`
}

/** Bytes in the decimal unit that fits, e.g. `1.8 GB`. */
export function bytes(value: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  let index = 0
  let scaled = value
  // What would be rounded to 1000 is written in the next unit.
  while (scaled >= (index === 0 ? 1000 : 999.5) && index < units.length - 1) {
    scaled /= 1000
    index++
  }
  return `${index === 0 || scaled >= 99.95 ? Math.round(scaled) : scaled.toFixed(1)} ${units[index]}`
}
