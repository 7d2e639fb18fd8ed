import type { CellReport } from './schema.ts'

/** Milliseconds as people compare them: three significant digits, `–` where there is none. */
export function ms(value: number | null | undefined): string {
  if (value === null || value === undefined) return '–'
  return value >= 99.95 ? value.toFixed(0) : value >= 9.995 ? value.toFixed(1) : value.toFixed(2)
}

/** A recall with four decimals. */
export function recall(value: number | null | undefined): string {
  return value === null || value === undefined ? '–' : value.toFixed(4)
}

/** A count with thousands separated. */
export function count(value: number): string {
  return Math.round(value).toLocaleString('en-US')
}

const BRIEFLY = new Intl.NumberFormat('en-US', { notation: 'compact', maximumSignificantDigits: 3 })

/** A count where there is little room: `900`, `1.25K`, `900K`, `1.2M`. */
export function briefCount(value: number): string {
  return BRIEFLY.format(value)
}

/** A rate with as many digits as mean something. */
export function rate(value: number | null | undefined): string {
  if (value === null || value === undefined) return '–'
  return value >= 9.95 ? count(value) : value.toFixed(1)
}

/** Bytes in the decimal unit that fits. */
export function bytes(value: number | null | undefined): string {
  if (value === null || value === undefined) return '–'
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  let [scaled, unit] = [value, 0]
  // What would be rounded up to a thousand is one of the next unit.
  while (scaled >= 999.5 && unit < units.length - 1) {
    scaled /= 1000
    unit++
  }
  return `${unit === 0 || scaled >= 100 ? Math.round(scaled) : scaled.toFixed(1)} ${units[unit]}`
}

/** Seconds as people read them. */
export function duration(seconds: number): string {
  const whole = Math.round(seconds)
  if (whole < 60) return `${seconds < 9.95 ? seconds.toFixed(1) : whole} s`
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, '0')} s`
  return `${Math.floor(whole / 3600)} h ${String(Math.floor((whole % 3600) / 60)).padStart(2, '0')} min`
}

/** A share as per cent without needless zeros: `1 %`, `0.1 %`. */
export function percent(share: number): string {
  return `${Number((share * 100).toPrecision(3))} %`
}

/** An effort as the engine calls it: `ef 128`, `exact`, `default`. */
export function effort(value: CellReport['effort'], name: string): string {
  return value === 'auto' ? 'default' : value === 'exact' ? 'exact' : `${name} ${value}`
}
