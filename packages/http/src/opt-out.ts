/** Directives of `X-Robots-Tag` that say a picture must not be collected; what a polite client honours by default. */
export const OPT_OUT_DIRECTIVES: readonly string[] = ['noai', 'noimageai', 'noindex', 'noimageindex', 'noml']

/** `none` stands for `noindex, nofollow` in every crawler's documentation. */
const NONE = 'none'

/**
 * The directive by which a response opts out, as `x-robots-tag: <directive>`, or undefined. A value may begin with
 * the name of a robot (`googlebot: noindex`); it then holds for that robot alone, and for us when `product` is ours.
 *
 * @param header the header's values, one an occurrence.
 * @param product our product's name, as in the User-Agent.
 */
export function optOut(
  header: readonly string[],
  product: string,
  directives = OPT_OUT_DIRECTIVES,
): string | undefined {
  const refused = new Set(directives)
  if (refused.has('noindex')) refused.add(NONE)
  for (const value of header) {
    // A robot's name holds for what follows it within one header line, until another name.
    let forUs = true
    for (const part of value.split(',')) {
      const colon = part.indexOf(':')
      const name = colon < 0 ? '' : part.slice(0, colon).trim().toLowerCase()
      const named = ROBOT_NAME.test(name) && !TAKES_VALUE.has(name)
      if (named) forUs = name === product.toLowerCase() || name === '*'
      const directive = (named ? part.slice(colon + 1) : part).trim().toLowerCase()
      if (forUs && refused.has(directive)) return `x-robots-tag: ${part.trim()}`
    }
  }
  return undefined
}

/** A product token; the colon of a date or a time has other things before it. */
const ROBOT_NAME = /^[a-z0-9_*-]*[a-z_*-][a-z0-9_*-]*$/

/** Directives that carry a value after a colon, so that what stands before it is no robot's name. */
const TAKES_VALUE = new Set(['unavailable_after', 'max-snippet', 'max-image-preview', 'max-video-preview'])
