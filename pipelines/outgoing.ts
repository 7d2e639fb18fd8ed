import { PoliteClient } from '@promptloom/http/client'
import { type Fetch, politeFetch } from '@promptloom/http/fetch'

/** Who asks, and what the user named. */
export interface OutgoingOptions {
  /** A mail address or web page for the User-Agent; empty for none. */
  readonly contact: string
  /** Addresses that the user gave: their hosts may be asked also where they lie in a private network. */
  readonly asked: readonly string[]
}

/** How the product names itself to other hosts. */
export function userAgent(contact: string): string {
  return `Promptloom/0.1${contact ? ` (+${contact})` : ''}`
}

/**
 * A polite `fetch` for downloads and services; nothing is opened before it is first used. Its idle sockets don't keep
 * the process alive.
 */
export function outgoingFetch({ contact, asked }: OutgoingOptions): Fetch {
  let fetch: Fetch | undefined
  const allow = asked.filter((address) => URL.canParse(address)).map((address) => new URL(address).hostname)
  return (input, init) => {
    fetch ??= politeFetch(new PoliteClient({ userAgent: userAgent(contact), allow: allow.filter(Boolean) }))
    return fetch(input, init)
  }
}
