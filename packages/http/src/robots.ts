import robotsParser from 'robots-parser'

/** The rules of one host's robots.txt. */
export interface RobotsRules {
  /** The rule that forbids a URL, as `robots.txt line N`, or undefined when it is allowed. */
  forbids(url: string): string | undefined
  /** Seconds between requests that the host asks for. */
  readonly crawlDelaySeconds: number | undefined
}

/** A host without a robots.txt (any 4xx answer, RFC 9309 §2.3.1.3) forbids nothing. */
export const NO_RULES: RobotsRules = { forbids: () => undefined, crawlDelaySeconds: undefined }

// The package is CommonJS whose whole export is the function; its types say `default`, which Node doesn't see.
const parse = robotsParser as unknown as typeof robotsParser.default

/**
 * Reads the rules that hold for our robot.
 *
 * @param address the robots.txt's own URL. @param product our product's name, as in the User-Agent.
 */
export function robotsRules(address: string, text: string, product: string): RobotsRules {
  const robot = parse(address, text)
  return {
    forbids: (url) =>
      robot.isAllowed(url, product) === false
        ? `robots.txt line ${robot.getMatchingLineNumber(url, product)}`
        : undefined,
    crawlDelaySeconds: robot.getCrawlDelay(product),
  }
}
