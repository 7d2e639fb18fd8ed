const whole = new Intl.NumberFormat('en')
const sizes = ['B', 'kB', 'MB', 'GB', 'TB']

/** A count with its thousands apart. */
export function countOf(value: number): string {
  return whole.format(Math.round(value))
}

/** How many of a thing there are: `1 shard`, `2 shards`. */
export function countedOf(value: number, thing: string): string {
  return `${countOf(value)} ${Math.round(value) === 1 ? thing : `${thing}s`}`
}

/** Bytes in the largest unit that leaves something before the point. */
export function bytesOf(bytes: number): string {
  const power = bytes < 1 ? 0 : Math.min(sizes.length - 1, Math.floor(Math.log10(bytes) / 3))
  const value = bytes / 1000 ** power
  return `${power > 0 && value < 10 ? value.toFixed(1) : Math.round(value)} ${sizes[power]}`
}

/** A time span as people say it: `4.2 s`, `3 min 20 s`, `2 h 5 min`. */
export function spanOf(seconds: number): string {
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`
  const rounded = Math.round(seconds)
  if (rounded < 60) return `${rounded} s`
  const minutes = Math.floor(rounded / 60)
  if (minutes < 60) return rounded % 60 ? `${minutes} min ${rounded % 60} s` : `${minutes} min`
  const hours = Math.floor(minutes / 60)
  return minutes % 60 ? `${hours} h ${minutes % 60} min` : `${hours} h`
}

/** Rows a second, with as many digits as say something. */
export function rateOf(rate: number): string {
  return `${rate < 10 ? rate.toFixed(1) : countOf(rate)} rows/s`
}

/** A moment, in the reader's own time: the hour alone where it is today's. */
export function momentOf(iso: string, now = new Date()): string {
  const moment = new Date(iso)
  const today = moment.toDateString() === now.toDateString()
  const options: Intl.DateTimeFormatOptions = today
    ? { hour: '2-digit', minute: '2-digit' }
    : { day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit' }
  return moment.toLocaleString('en-GB', options)
}
